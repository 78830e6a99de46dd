import { expect, test } from "vitest";
import { dayRows, taskRows } from "./due";

const counts = { done_in_time: 8, done_late: 1, given_up_late: 1, rate: 0.8 };
const none = { done_in_time: 0, done_late: 0, given_up_late: 0, rate: null };
const due = {
  overall: counts,
  overdue: 2,
  tasks: [
    { ...counts, task_id: 1, task_key: "ask", task_name: "Ask", overdue: 2 },
    { ...none, task_id: 2, task_key: "file", task_name: "File it", overdue: 0 },
  ],
  days: [{ ...counts, date: "2024-02-01" }],
};

test("a task has its counts, what is overdue now, and its share; none where nothing ended", () => {
  expect(taskRows(due)).toEqual([
    { key: "ask", label: "Ask", values: [8, 1, 1, 2, 0.8] },
    { key: "file", label: "File it", values: [0, 0, 0, 0, null] },
  ]);
});

test("a day is written as it is asked for", () => {
  expect(dayRows(due, (date) => `<${date}>`)).toEqual([{ key: "2024-02-01", label: "<2024-02-01>", values: [8, 1, 1, 0.8] }]);
});
