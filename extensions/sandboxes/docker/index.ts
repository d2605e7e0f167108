// Opens workspaces in containers of Docker. It refuses where Docker or the image is missing, and pulls nothing. The same
// code serves gVisor, whose manifest names the runtime.
import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { isAbsolute, resolve } from "node:path";
import { type Activate, Fault, type KeyValue, launchedWorkspace } from "@homarus/sdk";
import { checkRoot } from "./arguments.ts";
import { type Docker, dockerFor } from "./client.ts";
import { hostPorts } from "./host-ports.ts";
import { handOver, identityFor } from "./identity.ts";
import { launcherFor } from "./launch.ts";
import { examine, factsOf, type Machine } from "./machine.ts";
import type manifest from "./manifest.ts";
import { openPapers } from "./papers.ts";

export const activate: Activate<typeof manifest> = ({ id, config, processes, clock, log, signal, store, habits }) => {
  const runtime = habits?.runtime;
  const docker = dockerFor(processes, { ...config, id, runtime });
  const papers = openPapers(signal);
  const ports = hostPorts(config.hostPorts, papers.place, signal);
  let known: Promise<{ readonly machine: Machine; readonly labels: Readonly<Record<string, string>> }> | undefined;
  const begin = async () => {
    const machine = await examine(docker);
    const labels = { "homarus.house": await houseOf(store), "homarus.sandbox": id, "homarus.run": run };
    await sweep(docker, labels);
    return { machine, labels };
  };
  return {
    async open(given) {
      if (!isAbsolute(given.root))
        throw new Fault("config", "sandbox.root", `The workspace ${given.root} is not an absolute path.`, {
          hint: "Write it as an absolute path.",
        });
      const spec = { ...given, root: resolve(given.root) };
      checkRoot(spec.root);
      mkdirSync(spec.root, { recursive: true, mode: 0o700 });
      known ??= begin();
      const { machine, labels } = await known.catch((thrown: unknown) => {
        known = undefined;
        throw thrown;
      });
      if (!machine.hasSockets && (spec.egress || config.hostPorts.length > 0)) throw noSockets(runtime);
      const identity = identityFor(spec.root, machine.isRootless, config.user);
      handOver(spec.root, identity);
      const { volumes } = machine;
      const parts = { docker, processes, clock, log, papers, identity, volumes, labels, doors: ports.doors };
      return launchedWorkspace({ processes, clock }, launcherFor(spec, { ...parts, openFiles: config.openFiles }));
    },
    probe: () => factsOf(docker),
  };
};

/** This process, and none that had or will have its number. */
const run = `${process.pid}-${Math.round(performance.timeOrigin)}`;

/** A name of this house's own among those that share Docker. */
async function houseOf(store: KeyValue): Promise<string> {
  const known = await store.get("house");
  if (typeof known === "string") return known;
  const made = randomUUID();
  await store.set("house", made);
  return made;
}

/** Removes what an earlier process of this house left. There is little: containers end with their house. */
async function sweep(docker: Docker, labels: Readonly<Record<string, string>>): Promise<void> {
  const own = ["homarus.house", "homarus.sandbox"].flatMap((name) => ["--filter", `label=${name}=${labels[name]}`]);
  const format = '{{.ID}} {{.Label "homarus.run"}}';
  const { output } = await docker.run(["ps", "--all", "--no-trunc", ...own, "--format", format]);
  const left = output
    .split("\n")
    .map((line) => line.split(" "))
    .flatMap(([id, of]) => (id && of !== run ? [id] : []));
  if (left.length > 0) await docker.run(["rm", "--force", "--volumes", ...left]);
}

function noSockets(runtime = "runc"): Fault {
  return new Fault("config", "sandbox.no-sockets", `The runtime ${runtime} reaches no socket of the house.`, {
    hint: `Add "--host-uds=open" to its runtimeArgs in /etc/docker/daemon.json, and restart Docker.`,
  });
}
