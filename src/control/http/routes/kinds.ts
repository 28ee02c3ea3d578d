import { z } from "@hono/zod-openapi";
import { kinds } from "../../../kinds/index.ts";
import { jsonSchemaOfSpec } from "../../../kinds/reference.ts";
import type { Kind } from "../../../model/kind.ts";
import { type Api, operation, principalOf } from "../operation.ts";

const list = operation("viewer", [], {
  method: "get",
  path: "/v1/kinds",
  operationId: "listKinds",
  tags: ["Resources"],
  summary: "What can be stated by whoever asks, with the JSON Schema of each",
  responses: {
    200: {
      description: "All.",
      content: {
        "application/json": {
          schema: z.array(
            z
              .object({
                name: z.string(),
                summary: z.string(),
                forTenants: z.boolean(),
                operatorFields: z.array(z.string()).describe("Fields that only operators state."),
                secrets: z.array(z.string()).describe("Fields that are shown to nobody."),
                schema: z.record(z.string(), z.unknown()).describe("Of `spec` (JSON Schema 2020-12)."),
              })
              .meta({ id: "Kind" }),
          ),
        },
      },
    },
  },
});

/** What forms are made of. */
export function kindRoutes(api: Api): void {
  // Made when somebody first asks: it costs some twenty milliseconds, and never changes.
  const schemas = new Map<Kind, object>();
  const schemaOf = (kind: Kind) => {
    const schema = schemas.get(kind) ?? jsonSchemaOfSpec(kind);
    schemas.set(kind, schema);
    return schema;
  };
  api.openapi(list, async (context) => {
    const { isOperator } = principalOf(context);
    const shown = kinds.filter(({ scope }) => isOperator || scope === "tenant");
    return context.json(
      shown.map((kind) => ({
        name: kind.name,
        summary: kind.summary,
        forTenants: kind.scope === "tenant",
        operatorFields: [...(kind.operatorFields ?? [])],
        secrets: [...(kind.secrets ?? [])],
        schema: withoutFields(schemaOf(kind), isOperator ? [] : (kind.operatorFields ?? [])),
      })),
      200,
    );
  });
}

function withoutFields(schema: object, fields: readonly string[]): Record<string, never> {
  const { properties = {}, ...rest } = schema as { readonly properties?: object };
  const left = Object.entries(properties).filter(([field]) => !fields.includes(field));
  return { ...rest, properties: Object.fromEntries(left) } as unknown as Record<string, never>;
}
