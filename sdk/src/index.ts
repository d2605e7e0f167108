// Everything an extension author needs, from one place.
export * from "./content.ts";
export * from "./context.ts";
export * from "./errors.ts";
export * from "./event.ts";
export * from "./manifest.ts";
export * from "./message.ts";
export * from "./ports/channel.ts";
export * from "./ports/clock.ts";
export * from "./ports/files.ts";
export * from "./ports/provider.ts";
export * from "./ports/sandbox.ts";
export * from "./ports/store.ts";
export * from "./ports/tool.ts";
export * from "./schema.ts";
export * from "./session.ts";
