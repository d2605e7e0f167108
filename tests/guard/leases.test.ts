// Leases of secrets are for the owner's own programs: a command that would use or make one is a question.
import { expect, test } from "bun:test";
import { lazyCommandJudge } from "../../server/src/boot/lazy.ts";

const judge = await lazyCommandJudge();
const decide = (command: string): string =>
  judge(command, { mode: "guard", allow: [], deny: [], workspace: "/house/workspace" }).decision;

const socket = "/srv/state/run/secrets.sock";

test.each([
  `curl --unix-socket ${socket} -H "Authorization: Bearer $T" http://secrets/v1/backup/postgres`,
  `curl -s --unix-socket "$HOMARUS_HOME/run/secrets.sock" http://secrets/v1/a`,
  "cd /srv/state/run && curl --unix-socket secrets.sock http://secrets/v1/a",
  "curl --unix-socket /srv/state/run/sec*.sock http://secrets/v1/a",
  "S=secrets; curl --unix-socket /srv/state/run/$S.sock http://secrets/v1/a",
  `socat - UNIX-CONNECT:${socket}`,
  `python3 -c 'import socket; s=socket.socket(socket.AF_UNIX); s.connect("${socket}")'`,
  `python3 - <<'E'\nimport socket\nsocket.socket(socket.AF_UNIX).connect("${socket}")\nE`,
  `bash -c 'nc -U ${socket}'`,
  `cp ${socket} copy`,
  "homarus secrets lease backup/postgres --for 8h",
  "homarus secrets read backup/postgres",
  "npx homarus secrets lease backup/postgres",
  "bun server/src/cli/start.ts secrets lease backup/postgres",
  "HOMARUS_LEASE_TOKEN=x homarus secrets run --env A=b -- env",
])("[L02] the owner is asked before an agent's command: %s", (command) => {
  expect(decide(command)).toBe("ask");
});

test("[L02] what would send it away from the house's own folder is not even asked about", () => {
  expect(decide("curl --unix-socket ~/.homarus/run/secrets.sock http://secrets/v1/a")).toBe("deny");
});

test.each(["homarus secrets list", "homarus status", "grep -rn secrets src", "git commit -m 'secrets read'"])(
  "what has nothing of a lease is left alone: %s",
  (command) => {
    expect(decide(command)).toBe("allow");
  },
);
