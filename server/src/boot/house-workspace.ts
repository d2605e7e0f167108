// The workspaces of the agents as clients read and write them.
import type { House } from "../gateway/house.ts";
import { createWorkspaceReader, readSkill, seedWorkspace } from "../host/files/workspace.ts";
import { listWorkspace, readWorkspaceFile, writeWorkspaceFile } from "../host/files/workspace-files.ts";

export function houseWorkspace(folder: (agent: string) => string): House["workspace"] {
  const read = createWorkspaceReader();
  return {
    list: async (agent) => listWorkspace(folder(agent)),
    read: async (agent, name) => readWorkspaceFile(folder(agent), name),
    async write(agent, name, text) {
      seedWorkspace(folder(agent));
      return writeWorkspaceFile(folder(agent), name, text);
    },
    skills: async (agent) => read(folder(agent)).skills,
    skill: async (agent, name) => readSkill(folder(agent), name, read),
  };
}
