import type { Kysely, Migration } from "kysely";

/** Who may sign in, for whom; and what hosts have told, in the order in which it was heard. */
export const people: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.createIndex("resources_by_tenant").on("resources").columns(["tenant", "ref"]).execute();
    await db.schema.createIndex("resources_by_change").on("resources").columns(["changed_at", "ref"]).execute();
    await db.schema.alterTable("audit").addColumn("tenant", "text").execute();
    await db.schema.createIndex("audit_by_tenant").on("audit").columns(["tenant", "id"]).execute();
    await db.schema.createIndex("audit_by_ref").on("audit").columns(["ref", "id"]).execute();
    await db.schema
      .createTable("told")
      .addColumn("id", "bigint", (column) => column.primaryKey())
      .addColumn("at", "bigint", (column) => column.notNull())
      .addColumn("host", "text", (column) => column.notNull())
      .addColumn("is", "text", (column) => column.notNull())
      .addColumn("ref", "text")
      .addColumn("tenant", "text")
      .addColumn("says", "text", (column) => column.notNull())
      .addColumn("sequence", "bigint")
      .execute();
    await db.schema.createIndex("told_by_tenant").on("told").columns(["tenant", "id"]).execute();
    await db.schema.createIndex("told_by_time").on("told").column("at").execute();
    await db.schema
      .createTable("tenants")
      .addColumn("name", "text", (column) => column.primaryKey())
      .addColumn("title", "text", (column) => column.notNull())
      .addColumn("limits", "text", (column) => column.notNull())
      .addColumn("created_at", "bigint", (column) => column.notNull())
      .execute();
    await db.schema
      .createTable("accounts")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("email", "text", (column) => column.notNull().unique())
      .addColumn("name", "text", (column) => column.notNull())
      .addColumn("language", "text", (column) => column.notNull())
      .addColumn("operator", "integer", (column) => column.notNull())
      .addColumn("disabled", "integer", (column) => column.notNull())
      .addColumn("password", "text")
      .addColumn("totp", "text")
      .addColumn("totp_used", "bigint", (column) => column.notNull())
      .addColumn("subject", "text", (column) => column.unique())
      .addColumn("created_at", "bigint", (column) => column.notNull())
      .addColumn("signed_in_at", "bigint")
      .execute();
    await db.schema
      .createTable("members")
      .addColumn("account", "text", (column) => column.notNull())
      .addColumn("tenant", "text", (column) => column.notNull())
      .addColumn("role", "text", (column) => column.notNull())
      .addPrimaryKeyConstraint("members_key", ["account", "tenant"])
      .execute();
    await db.schema.createIndex("members_by_tenant").on("members").column("tenant").execute();
    await db.schema
      .createTable("passkeys")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("account", "text", (column) => column.notNull())
      .addColumn("public_key", "text", (column) => column.notNull())
      .addColumn("counter", "bigint", (column) => column.notNull())
      .addColumn("transports", "text", (column) => column.notNull())
      .addColumn("name", "text", (column) => column.notNull())
      .addColumn("created_at", "bigint", (column) => column.notNull())
      .addColumn("used_at", "bigint")
      .execute();
    await db.schema.createIndex("passkeys_by_account").on("passkeys").column("account").execute();
    await db.schema
      .createTable("recovery_codes")
      .addColumn("digest", "text", (column) => column.primaryKey())
      .addColumn("account", "text", (column) => column.notNull())
      .execute();
    await db.schema
      .createTable("sessions")
      .addColumn("digest", "text", (column) => column.primaryKey())
      .addColumn("id", "text", (column) => column.notNull())
      .addColumn("account", "text", (column) => column.notNull())
      .addColumn("stage", "text", (column) => column.notNull())
      .addColumn("looks_as", "text")
      .addColumn("agent", "text", (column) => column.notNull())
      .addColumn("address", "text", (column) => column.notNull())
      .addColumn("created_at", "bigint", (column) => column.notNull())
      .addColumn("seen_at", "bigint", (column) => column.notNull())
      .addColumn("expires_at", "bigint", (column) => column.notNull())
      .execute();
    await db.schema.createIndex("sessions_by_account").on("sessions").column("account").execute();
    await db.schema
      .createTable("api_tokens")
      .addColumn("digest", "text", (column) => column.primaryKey())
      .addColumn("id", "text", (column) => column.notNull())
      .addColumn("account", "text", (column) => column.notNull())
      .addColumn("name", "text", (column) => column.notNull())
      .addColumn("read_only", "integer", (column) => column.notNull())
      .addColumn("tenant", "text")
      .addColumn("created_at", "bigint", (column) => column.notNull())
      .addColumn("used_at", "bigint")
      .addColumn("expires_at", "bigint", (column) => column.notNull())
      .execute();
    await db.schema.createIndex("api_tokens_by_account").on("api_tokens").column("account").execute();
    await db.schema
      .createTable("invitations")
      .addColumn("digest", "text", (column) => column.primaryKey())
      .addColumn("id", "text", (column) => column.notNull())
      .addColumn("email", "text")
      .addColumn("operator", "integer", (column) => column.notNull())
      .addColumn("tenant", "text")
      .addColumn("role", "text")
      .addColumn("account", "text")
      .addColumn("invited_by", "text", (column) => column.notNull())
      .addColumn("expires_at", "bigint", (column) => column.notNull())
      .execute();
    await db.schema
      .createTable("notices")
      .addColumn("id", "bigint", (column) => column.primaryKey())
      .addColumn("account", "text", (column) => column.notNull())
      .addColumn("at", "bigint", (column) => column.notNull())
      .addColumn("about", "text", (column) => column.notNull())
      .addColumn("is", "text", (column) => column.notNull())
      .addColumn("what", "text", (column) => column.notNull())
      .addColumn("host", "text")
      .addColumn("says", "text", (column) => column.notNull())
      .addColumn("read", "integer", (column) => column.notNull())
      .addColumn("mailed_at", "bigint")
      .addColumn("posted_at", "bigint")
      .execute();
    await db.schema.createIndex("notices_by_account").on("notices").columns(["account", "id"]).execute();
    await db.schema.createIndex("notices_by_mail").on("notices").column("mailed_at").execute();
    await db.schema
      .createTable("wishes")
      .addColumn("account", "text", (column) => column.primaryKey())
      .addColumn("wishes", "text", (column) => column.notNull())
      .execute();
    await db.schema
      .createTable("positions")
      .addColumn("name", "text", (column) => column.primaryKey())
      .addColumn("value", "text", (column) => column.notNull())
      .execute();
    await db.schema
      .createTable("failures")
      .addColumn("subject", "text", (column) => column.primaryKey())
      .addColumn("count", "integer", (column) => column.notNull())
      .addColumn("last_at", "bigint", (column) => column.notNull())
      .execute();
    await db.schema
      .createTable("answered")
      .addColumn("key", "text", (column) => column.primaryKey())
      .addColumn("request", "text", (column) => column.notNull())
      .addColumn("status", "integer", (column) => column.notNull())
      .addColumn("answer", "text", (column) => column.notNull())
      .addColumn("at", "bigint", (column) => column.notNull())
      .execute();
  },
};
