// A WebAssembly file taken `with { type: "file" }` is its path: on the disk, or inside the single executable.
declare module "*.wasm" {
  const path: string;
  export default path;
}
