// Tailscale's command line: what the machine's daemon says of itself and of an address, and giving our port to the
// tailnet or the internet. (https://tailscale.com/kb/1080/cli; the JSON is that of `tailscale status` and `whois`.)
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { Fault } from "@homarus/sdk";

export interface Tailscale {
  /** The machine's name in the tailnet. Rejects with a Fault that says what is missing. */
  status(): Promise<{ readonly name: string }>;
  /** Gives this target (a port, or an address) out as https://<name>. */
  expose(mode: "serve" | "funnel", target: string): Promise<void>;
  /** Takes back all that `mode` gives out on this machine. */
  reset(mode: "serve" | "funnel"): Promise<void>;
  /** The login name of the user whom an address of the tailnet belongs to; undefined for an unknown one. */
  whois(address: string): Promise<string | undefined>;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The app of the App Store puts no command on the PATH. */
const inMacApp = "/Applications/Tailscale.app/Contents/MacOS/Tailscale";
const patienceMs = 15_000;

export function createTailscale(environment: Environment): Tailscale {
  const run = (...args: string[]): Promise<string> => runTailscale(args, environment);
  return {
    async status() {
      const { BackendState: state, Self: self } = parsed(await run("status", "--json")) as Status;
      const name = self?.DNSName?.replace(/\.$/, "");
      if (state === "Running" && name) return { name };
      if (state === "Running") throw noName();
      throw new Fault(
        "config",
        "tailscale.not-connected",
        `Tailscale is not connected (${state ?? "unknown state"}).`,
        {
          hint: "Log in with `tailscale up`, then start Homarus again.",
        },
      );
    },
    async expose(mode, target) {
      await run(mode, "--bg", "--yes", target);
    },
    async reset(mode) {
      await run(mode, "reset");
    },
    async whois(address) {
      const { UserProfile: user } = parsed(await run("whois", "--json", address)) as Whois;
      return user?.LoginName || undefined;
    },
  };
}

interface Status {
  readonly BackendState?: string;
  readonly Self?: { readonly DNSName?: string };
}

interface Whois {
  readonly UserProfile?: { readonly LoginName?: string };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) ?? {};
  } catch (cause) {
    throw new Fault("unavailable", "tailscale.answer", "Tailscale's answer is not the JSON that was asked for.", {
      cause,
      hint: "Update Tailscale; `tailscale status --json` shows what it says.",
    });
  }
}

function noName(): Fault {
  return new Fault("config", "tailscale.no-name", "Tailscale gives this machine no name.", {
    hint: "Switch MagicDNS and HTTPS certificates on in Tailscale's admin console (DNS).",
  });
}

function runTailscale(args: readonly string[], environment: Environment): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const program = process.platform === "darwin" && existsSync(inMacApp) ? inMacApp : "tailscale";
  const options = { env: { ...environment }, timeout: patienceMs, maxBuffer: 16 * 1024 * 1024 };
  execFile(program, args, options, (error, stdout, stderr) => {
    if (error) reject(failure(args, error, `${stderr}${stdout}`.trim().slice(0, 500)));
    else resolve(stdout);
  });
  return promise;
}

function failure(args: readonly string[], cause: Error & { code?: unknown; killed?: boolean }, output: string): Fault {
  if (cause.code === "ENOENT") {
    return new Fault("config", "tailscale.missing", "Tailscale is not installed, or its command is not on the PATH.", {
      cause,
      hint: "Install it (https://tailscale.com/download), or set gateway.tailscale.mode to off.",
    });
  }
  // What the tailnet's owner has to allow first is written with an address, and then waited for.
  const said = cause.killed ? `no end within ${patienceMs / 1000} s. ${output}` : output || cause.message;
  return new Fault("unavailable", "tailscale.failed", `\`tailscale ${args.join(" ")}\` failed: ${said}`, {
    cause,
    hint: "Run that command by hand; a user who is not root needs `sudo tailscale set --operator=$USER` once.",
  });
}
