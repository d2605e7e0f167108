// Rows of methods whose feature this build does not have. They answer, so that a client goes on and its owner reads why.
import { admin, approvals, type MethodRow, read, write } from "../row.ts";

export const rows: readonly MethodRow[] = [
  read("doctor.memory.status", "2026.5.7"),
  read("doctor.memory.dreamDiary", "2026.5.7"),
  read("doctor.memory.remHarness", "2026.5.7", { isRetired: true }),
  write("doctor.memory.backfillDreamDiary", "2026.5.7"),
  write("doctor.memory.resetDreamDiary", "2026.5.7"),
  write("doctor.memory.resetGroundedShortTerm", "2026.5.7"),
  write("doctor.memory.repairDreamingArtifacts", "2026.5.7"),
  write("doctor.memory.dedupeDreamDiary", "2026.5.7"),
  read("artifacts.list", "2026.5.7"),
  read("artifacts.get", "2026.5.7"),
  read("artifacts.download", "2026.5.7"),
  read("assistant.media.get", "2026.5.7", { isSilent: true }),
  admin("sessions.pluginPatch", "2026.5.7"),
  admin("sessions.cleanup", "2026.5.7"),
  approvals("openclaw.approval.list", "2026.9"),
  read("question.list", "2026.9"),
  read("progressCard.get", "2026.9"),
  read("sessions.branches.list", "2026.9"),
  read("sessions.companion.state", "2026.9"),
  read("sessions.observer.visibility", "2026.9"),
  read("skills.library.list", "2026.9"),
  read("themes.list", "2026.9"),
  admin("nativeHook.invoke", "2026.5.7", { isSilent: true }),
];
