// gVisor as data, served by the code for Docker: a container whose system calls a kernel of its own answers.
import { defineManifest, s } from "@homarus/sdk";

export default defineManifest({
  id: "gvisor",
  kind: "sandbox",
  title: "gVisor",
  description:
    "Runs commands in a Docker container with a kernel of its own, so that the machine's kernel is out of reach.",
  since: "0.1",
  adapter: "docker",
  habits: { runtime: "runsc" },
  capabilities: ["network-off", "process-limit", "disk-limit", "cpu-limit", "mounts", "egress"],
  permissions: { hosts: [] },
  config: s.object({
    program: s.withDefault(
      s.string({ title: "Program", help: "Where docker is, when it is not on the usual path." }),
      "docker",
    ),
    host: s.optional(s.string({ title: "Host", help: "Where Docker listens, for example unix:///run/docker.sock." })),
    image: s.withDefault(
      s.string({ title: "Image", help: "What commands find as their system. It is never pulled unasked." }),
      "debian:stable-slim",
    ),
    user: s.withDefault(
      s.integer({
        title: "User",
        help: "Number of the user that commands are where the house runs as root and the workspace is root's.",
        min: 1,
        max: 4_294_967_293,
      }),
      59_873,
    ),
    openFiles: s.withDefault(s.integer({ title: "Open files", help: "So many for each process.", min: 64 }), 4_096),
    hostPorts: s.withDefault(
      s.list(s.integer({ min: 1, max: 65_535 }), {
        title: "Ports of this machine",
        help: "What commands may reach as host.docker.internal, for a model that runs on this machine.",
      }),
      [],
    ),
  }),
});
