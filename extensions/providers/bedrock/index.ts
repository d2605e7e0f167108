// AWS Bedrock's Converse API through AWS's own SDK. Retries, failover and cost are the house's affair.
import { BedrockRuntimeClient, ConverseStreamCommand } from "@aws-sdk/client-bedrock-runtime";
import {
  type Activate,
  answerOf,
  Fault,
  faultReader,
  type Provider,
  type ProviderContext,
  settingPlace,
} from "@homarus/sdk";
import { openStep } from "./events.ts";
import { factsOf, faultRows } from "./faults.ts";
import { createHandler } from "./handler.ts";
import type manifest from "./manifest.ts";
import { converseRequest } from "./request.ts";

export interface BedrockConfig {
  readonly region: string;
  readonly apiKey?: string | undefined;
  readonly accessKeyId?: string | undefined;
  readonly secretAccessKey?: string | undefined;
  readonly sessionToken?: string | undefined;
  readonly endpoint?: string | undefined;
}

export const activate = ((context: ProviderContext<BedrockConfig>): Provider => {
  const { id, config, clock, vendor } = context;
  const client = openClient(context);
  const now = () => clock.now();
  const secrets = [config.apiKey, config.secretAccessKey, config.sessionToken, config.accessKeyId];
  const fault = faultReader({ vendor, now, secrets, rows: faultRows, factsOf });
  return {
    stream(request, signal) {
      const known = vendor.models.find((model) => model.id === request.model);
      const open = async () => {
        const command = new ConverseStreamCommand(converseRequest(request, { provider: id, known }));
        const { stream } = await client.send(command, { abortSignal: signal });
        if (!stream) throw new SyntaxError("it answered without a stream");
        return { events: stream };
      };
      return answerOf({ step: openStep(), open, fault, now, signal });
    },
  };
}) satisfies Activate<typeof manifest>;

/** Everything is said here, since the SDK else reads the environment and the files of AWS for what is left out. */
function openClient({ config, fetch, vendor }: ProviderContext<BedrockConfig>): BedrockRuntimeClient {
  const { region, apiKey, endpoint } = config;
  return new BedrockRuntimeClient({
    ...{ region, requestHandler: createHandler(fetch) as never, ...(endpoint ? { endpoint } : {}) },
    ...{ maxAttempts: 1, retryMode: "standard", defaultsMode: "standard" },
    ...{ useDualstackEndpoint: false, useFipsEndpoint: false, userAgentAppId: "homarus" },
    ...(apiKey
      ? { token: { token: apiKey }, authSchemePreference: ["httpBearerAuth"] }
      : { credentials: credentialsOf(config, vendor), authSchemePreference: ["sigv4"] }),
  });
}

function credentialsOf(config: BedrockConfig, vendor: ProviderContext["vendor"]) {
  const { accessKeyId, secretAccessKey, sessionToken } = config;
  if (accessKeyId && secretAccessKey)
    return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
  const missing = accessKeyId ? "secretAccessKey" : "accessKeyId";
  throw new Fault("config", "bedrock.no-key", `${vendor.title} is not set up: it has no key.`, {
    hint: `Set ${settingPlace(vendor, missing)} beside the other of the two, or ${settingPlace(vendor, "apiKey")}.`,
  });
}
