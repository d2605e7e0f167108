import { defineManifest, s } from "@homarus/sdk";

export default defineManifest({
  id: "docker",
  kind: "sandbox",
  title: "Docker",
  description: "Runs commands in a container of their session: it has an image of its own, and no network.",
  since: "0.1",
  capabilities: ["network-off", "memory-limit", "process-limit", "disk-limit", "cpu-limit", "mounts", "egress"],
  permissions: { hosts: [] },
  config: s.object({
    program: s.withDefault(
      s.string({ title: "Program", help: "Where docker is, when it is not on the usual path." }),
      "docker",
    ),
    host: s.optional(
      s.string({
        title: "Host",
        help: "Where Docker listens, for example unix:///run/docker.sock. Absent: as DOCKER_HOST or Docker's own context says.",
      }),
    ),
    image: s.withDefault(
      s.string({ title: "Image", help: "What commands find as their system. It is never pulled unasked." }),
      "debian:stable-slim",
    ),
    user: s.withDefault(
      s.integer({
        title: "User",
        help: "Number of the user that commands are where the house runs as root and the workspace is root's. It gets the workspace.",
        min: 1,
        max: 4_294_967_293,
      }),
      59_873,
    ),
    openFiles: s.withDefault(s.integer({ title: "Open files", help: "So many for each process.", min: 64 }), 4_096),
    hostPorts: s.withDefault(
      s.list(s.integer({ min: 1, max: 65_535 }), {
        title: "Ports of this machine",
        help: "What commands may reach as host.docker.internal, for a model that runs on this machine: [11434] for Ollama.",
      }),
      [],
    ),
  }),
});
