// Docker, spoken to by its own program. What it says when it fails becomes a Fault that names the fix.
import { Fault, type Processes, type RunResult } from "@homarus/sdk";

export interface DockerSettings {
  /** Under which the settings stand in the config: `docker`, or what this code serves besides. */
  readonly id: string;
  readonly program: string;
  readonly host?: string | undefined;
  readonly image: string;
  readonly runtime?: string | undefined;
}

export interface Docker {
  readonly settings: DockerSettings;
  /** All that the program itself gets to see. Nothing of it reaches a container. */
  readonly environment: Readonly<Record<string, string>>;
  run(args: readonly string[], input?: string): Promise<RunResult>;
}

const searchPath = "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin";
const passedOn = ["HOME", "XDG_RUNTIME_DIR", "DOCKER_CONFIG", "DOCKER_CONTEXT", "DOCKER_HOST"] as const;
const callMs = 20_000;

export function dockerFor(processes: Processes, settings: DockerSettings): Docker {
  const own = passedOn.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]));
  const environment = {
    ...(Object.fromEntries(own) as Record<string, string>),
    ...(settings.host !== undefined && { DOCKER_HOST: settings.host }),
    PATH: searchPath,
  };
  return {
    ...{ settings, environment },
    run(args, input) {
      const request = { argv: [settings.program, ...args], folder: "/", environment };
      const limits = { timeoutMs: callMs, maxOutputBytes: 200_000, ...(input !== undefined && { input }) };
      return processes.run({ ...request, ...limits }, new AbortController().signal).catch((cause: unknown) => {
        throw missing(settings, cause);
      });
    },
  };
}

export function missing({ id, program }: DockerSettings, cause: unknown): Fault {
  return new Fault("config", "sandbox.docker-missing", `The program ${program} could not be started.`, {
    hint: `Install it (apt-get install docker.io), or name it as sandboxes.${id}.program. Or write sandbox: "bubblewrap".`,
    cause,
  });
}

/** Whether these are Docker's own words about itself, and not those of a command. */
export function isOfDocker(text: string): boolean {
  return /^(docker: |Error response from daemon|error during connect|Cannot connect|OCI runtime|permission denied while|unable to upgrade)/im.test(
    text,
  );
}

/** What Docker's words mean to the owner. */
export function faultOf({ id, image, runtime, program }: DockerSettings, said: string): Fault {
  const text = said.trim().split("\n")[0]?.slice(0, 300) ?? "";
  const fault = (code: string, message: string, hint: string) =>
    new Fault("config", `sandbox.${code}`, message, { hint, cause: said });
  if (/permission denied.*(docker\.sock|daemon)|daemon.*permission denied/is.test(said))
    return fault(
      "docker-denied",
      "This user may not speak to Docker.",
      "Add it to the group docker (usermod -aG docker USER) and start the house anew, or set up rootless Docker.",
    );
  if (/cannot connect|error during connect|is the docker daemon running|no such host/i.test(said))
    return fault(
      "docker-silent",
      `Docker does not answer: ${text}`,
      `Start it (systemctl start docker), or write where it listens as sandboxes.${id}.host.`,
    );
  if (/unknown.*runtime|runtime.*not found|unable to retrieve.*runtime/i.test(said))
    return noRuntime(runtime ?? "runc");
  if (/no such image|unable to find image/i.test(said)) return noImage(id, image);
  return fault(
    "docker-failed",
    `Docker could not do it: ${text || `${program} gave no reason`}`,
    "`homarus doctor` tells what Docker can do on this machine.",
  );
}

export function noImage(id: string, image: string): Fault {
  return new Fault("config", "sandbox.image-missing", `The image ${image} is not on this machine.`, {
    hint: `Get it with \`docker pull ${image}\`, or name one that is here as sandboxes.${id}.image. Nothing is pulled unasked.`,
  });
}

export function noRuntime(runtime: string): Fault {
  const settings = `{"runtimes":{"${runtime}":{"path":"/usr/bin/${runtime}","runtimeArgs":["--network=none","--host-uds=open"]}}}`;
  return new Fault("config", "sandbox.runtime-missing", `Docker has no runtime ${runtime}.`, {
    hint: `Install it (apt-get install ${runtime}), write ${settings} into /etc/docker/daemon.json, and restart Docker.`,
  });
}
