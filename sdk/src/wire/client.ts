export * from "./device.ts";
export * from "./frames.ts";
