// `homarus models`: what can be used, and what could be with a key.
import type { Invocation } from "../command.ts";
import { connect } from "../connect.ts";
import { printJson, printTable } from "../print.ts";

interface Model {
  readonly id: string;
  readonly name: string;
  readonly provider: string;
  readonly contextWindow?: number;
  readonly reasoning?: boolean;
  readonly available?: boolean;
}

export async function run(invocation: Invocation): Promise<number> {
  await using connected = await connect(invocation, { otherwise: "embed" });
  const { models } = await connected.client.request<{ models: readonly Model[] }>(
    "models.list",
    invocation.options.all ? { view: "all" } : {},
  );
  if (invocation.options.json) printJson({ ok: true, models });
  else
    printTable(
      ["MODEL", "NAME", "CONTEXT", "THINKS"],
      models.map((model) => [
        `${model.provider}/${model.id}`,
        model.name,
        model.contextWindow ? `${Math.round(model.contextWindow / 1000)}k` : "",
        model.reasoning ? "yes" : "",
      ]),
    );
  return 0;
}
