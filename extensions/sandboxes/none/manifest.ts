import { defineManifest, s } from "@homarus/sdk";

export default defineManifest({
  id: "none",
  kind: "sandbox",
  title: "No sandbox",
  description: "Runs commands with the whole user account of the house. Only for those who mean it.",
  since: "0.1",
  capabilities: ["terminal", "usage"],
  permissions: { hosts: [] },
  config: s.object({}),
});
