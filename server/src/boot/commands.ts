// The house's commands, as data, for those above that offer them to a person.
export { commands as houseCommands } from "../core/commands/commands.ts";
