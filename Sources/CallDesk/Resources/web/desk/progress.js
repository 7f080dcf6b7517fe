// How far a contact is: it never falls back, however many questions an answer adds.
const STAGES_BEFORE_REVIEW = 3;
let attendance = null;
let reached = 0;

/** The share done, 0…1: whole stages count first, so that choosing a topic with many questions takes nothing back. */
export function furthest({ attendance: { id }, progress, outcome }) {
  if (id !== attendance) [attendance, reached] = [id, 0];
  const before = progress.steps.findIndex((step) => step.state === "current");
  const stages = Math.max(0, before);
  const within = progress.total ? progress.done / progress.total : 0;
  reached = outcome ? 1 : Math.max(reached, Math.min(stages + within, STAGES_BEFORE_REVIEW + 0.9) / (STAGES_BEFORE_REVIEW + 1));
  return reached;
}
