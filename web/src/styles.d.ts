// Style files are imported for the build to find them; they give nothing to the code.
declare module "*.css";
