/** What a monitoring system is told, by one name. */
export interface Metric {
  readonly name: string;
  /** One sentence. */
  readonly help: string;
  readonly samples: readonly Sample[];
}

export interface Sample {
  /** Without what has no value. */
  readonly labels: Readonly<Record<string, string | undefined>>;
  readonly value: number;
}

/**
 * As Prometheus reads it (text exposition format 0.0.4). All of them are gauges: what is so now. Names and labels are ours,
 * values of labels may be anybody's.
 */
export const exposition = (metrics: readonly Metric[]): string =>
  metrics
    .filter(({ samples }) => samples.length > 0)
    .map(({ name, help, samples }) => {
      const lines = samples.map(({ labels, value }) => `${name}${labelsOf(labels)} ${value}\n`);
      return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${lines.join("")}`;
    })
    .join("");

function labelsOf(labels: Sample["labels"]): string {
  const pairs = Object.entries(labels).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}="${value.replaceAll(/[\\"\n]/g, (sign) => escaped[sign]!)}"`],
  );
  return pairs.length > 0 ? `{${pairs.join(",")}}` : "";
}

const escaped: Readonly<Record<string, string>> = { "\\": "\\\\", '"': '\\"', "\n": "\\n" };
