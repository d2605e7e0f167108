// Asks the owner, and hands the answer on as it was given. A model that is sure enough is sent on its way.
import { type Activate, Fault, type ToolOutput, textOutput } from "@homarus/sdk";
import type manifest from "./manifest.ts";

export const activate: Activate<typeof manifest> = ({ config }) => ({
  preview: ({ question }) => question,
  async execute({ question, plan, confidence = 0 }, call): Promise<ToolOutput> {
    if (confidence >= config.threshold && config.threshold < 1)
      return textOutput(
        `You are sure enough (${confidence}, and ${config.threshold} is enough): go on with your plan.`,
      );
    if (!call.owner)
      throw new Fault("unavailable", "owner.absent", "The owner cannot be asked from here.", {
        hint: "Say in your answer what you need to know.",
      });
    const text = plan === undefined ? question : `${question}\n\nPlan: ${plan}`;
    const answer = await call.owner.ask({ text, confidence });
    const said = answer.note === undefined ? "" : ` They said: ${answer.note}`;
    switch (answer.type) {
      case "allowed":
        return textOutput(`${answer.by} says yes.${said}`);
      case "denied":
        return textOutput(`${answer.by} says no.${said} Do not do it another way.`);
      case "expired":
        return textOutput("Nobody answered in time, which is a no. Leave it, and say in your answer what is open.");
    }
  },
});
