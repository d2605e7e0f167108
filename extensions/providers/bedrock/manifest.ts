// AWS Bedrock as data: what the owner sets up, what it can do, where it may reach.
import { defineManifest, type ModelInfo, s } from "@homarus/sdk";
import models from "./models.json" with { type: "json" };

export default defineManifest({
  id: "bedrock",
  kind: "provider",
  title: "AWS Bedrock",
  description: "Claude, Nova and other models in an AWS account, through Bedrock's Converse API.",
  since: "0.1",
  capabilities: ["thinking", "tools", "images", "files"],
  permissions: { hosts: ["{config.endpoint}", "bedrock-runtime.{config.region}.amazonaws.com"] },
  environment: {
    region: ["AWS_REGION", "AWS_DEFAULT_REGION"],
    apiKey: ["AWS_BEARER_TOKEN_BEDROCK"],
    accessKeyId: ["AWS_ACCESS_KEY_ID"],
    secretAccessKey: ["AWS_SECRET_ACCESS_KEY"],
    sessionToken: ["AWS_SESSION_TOKEN"],
    endpoint: ["AWS_ENDPOINT_URL_BEDROCK_RUNTIME"],
  },
  // Never by itself: the variables of AWS stand on many machines for other purposes.
  defaultModel: "global.anthropic.claude-sonnet-5-v1:0",
  tiers: {
    fast: "global.anthropic.claude-haiku-4-5-20251001-v1:0",
    balanced: "global.anthropic.claude-sonnet-5-v1:0",
    strong: "global.anthropic.claude-opus-5-5",
  },
  models: models as readonly ModelInfo[],
  config: s.object({
    region: s.string({ title: "Region", help: "For example eu-central-1.", pattern: /^[a-z]{2,}(?:-[a-z0-9]+)+$/ }),
    apiKey: s.optional(s.secret({ title: "API key", help: "Of Bedrock itself; then no other key is needed." })),
    accessKeyId: s.optional(s.secret({ title: "Access key", help: "Of an IAM user or role that may call Bedrock." })),
    secretAccessKey: s.optional(s.secret({ title: "Secret access key" })),
    sessionToken: s.optional(s.secret({ title: "Session token", help: "Only for keys that are lent for a time." })),
    endpoint: s.optional(s.string({ title: "Address", help: "Another address, such as a VPC's.", format: "uri" })),
  }),
});
