// Contract suites, fakes and a scripted provider, for the house and for third parties.
export * from "./channel.contract.ts";
export * from "./channel.world.ts";
export * from "./clock.ts";
export * from "./contract.ts";
export * from "./fake-channel.ts";
export * from "./fake-sandbox.ts";
export * from "./files.contract.ts";
export * from "./memory-files.ts";
export * from "./memory-store.ts";
export * from "./provider.contract.ts";
export * from "./provider.world.ts";
export * from "./provider-listen.ts";
export * from "./sandbox.contract.ts";
export * from "./scripted-provider.ts";
export * from "./store.contract.ts";
export * from "./tool.contract.ts";
export * from "./tool-call.ts";
