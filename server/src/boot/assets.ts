// Where the web page's files come from, for the entries of the command line.
export { embeddedAsset, folderAsset } from "../host/files/assets.ts";
