// The house's counters in Prometheus' text format (version 0.0.4). Pure.
import type { Counters } from "./house.ts";

export interface Machine {
  readonly version: string;
  readonly uptimeMs: number;
  readonly residentBytes: number;
  readonly sockets: number;
  readonly openInbox: number;
  readonly openOutbox: number;
}

type Labels = Readonly<Record<string, string>>;
type Sample = readonly [labels: Labels, value: number];

const quantiles = [0.5, 0.9, 0.99];

export function metricsText(counters: Counters, machine: Machine): string {
  const { tokens } = counters;
  const turns = [...counters.turnMs].sort((a, b) => a - b);
  return [
    metric("homarus_info", "gauge", "Version of the gateway.", [[{ version: machine.version }, 1]]),
    metric("homarus_uptime_seconds", "gauge", "Time since start.", one(machine.uptimeMs / 1000)),
    metric("process_resident_memory_bytes", "gauge", "Resident memory of the process.", one(machine.residentBytes)),
    metric("homarus_sockets", "gauge", "Clients connected.", one(machine.sockets)),
    metric("homarus_messages_total", "counter", "Messages taken in.", one(counters.messages)),
    metric("homarus_runs_total", "counter", "Runs begun.", one(counters.runs)),
    metric("homarus_steps_total", "counter", "Model steps.", one(counters.steps)),
    metric("homarus_tool_calls_total", "counter", "Tool calls.", one(counters.toolCalls)),
    metric("homarus_faults_total", "counter", "Faults by kind.", by("kind", counters.faults)),
    metric("homarus_outcomes_total", "counter", "Ends of messages by type.", by("type", counters.outcomes)),
    metric("homarus_tokens_total", "counter", "Tokens as vendors counted them.", by("direction", tokens)),
    metric("homarus_active_runs", "gauge", "Runs going on.", one(counters.activeRuns)),
    metric("homarus_inbox_open", "gauge", "Messages without an outcome.", one(machine.openInbox)),
    metric("homarus_outbox_open", "gauge", "Pieces not delivered.", one(machine.openOutbox)),
    metric(
      "homarus_turn_milliseconds",
      "gauge",
      "Duration of the last turns, by quantile.",
      turns.length === 0
        ? []
        : quantiles.map((q) => [{ quantile: String(q) }, turns[Math.ceil(q * turns.length) - 1] ?? 0]),
    ),
  ].join("");
}

function metric(name: string, type: "counter" | "gauge", help: string, samples: readonly Sample[]): string {
  if (samples.length === 0) return "";
  const lines = samples.map(([labels, value]) => `${name}${labelText(labels)} ${value}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join("")}`;
}

function one(value: number): readonly Sample[] {
  return [[{}, value]];
}

function by(label: string, values: Readonly<Record<string, number>>): readonly Sample[] {
  return Object.entries(values).map(([key, value]) => [{ [label]: key }, value]);
}

function labelText(labels: Labels): string {
  const parts = Object.entries(labels).map(([key, value]) => `${key}="${escaped(value)}"`);
  return parts.length === 0 ? "" : `{${parts.join(",")}}`;
}

function escaped(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
