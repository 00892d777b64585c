import { eventIterator, oc } from "@orpc/contract";
import { implement } from "@orpc/server";
import { afterEach, expect, test } from "vitest";
import { z } from "zod";
import { Supervisor, type SupervisorOptions } from "../../../engine/workers/supervisor.ts";
import { createFakeWorkers } from "../../fakes/worker-host.ts";

const contract = {
  echo: oc.input(z.string()).output(z.string()),
  hang: oc.output(z.string()),
  count: oc.output(eventIterator(z.number())),
};
const os = implement(contract);
const router = os.router({
  echo: os.echo.handler(({ input }) => input),
  hang: os.hang.handler(() => new Promise<string>(() => undefined)),
  count: os.count.handler(async function* () {
    for (let n = 0; ; n++) {
      yield n;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }),
});

const disposers: (() => void)[] = [];
afterEach(() => disposers.splice(0).forEach((dispose) => dispose()));
function supervise(options: Partial<SupervisorOptions> = {}, workers = createFakeWorkers(router)) {
  const supervisor = new Supervisor<typeof contract>(workers.host, "reader", { memoryMb: 500, idleMs: 0, startMs: 1000, ...options });
  disposers.push(() => supervisor.dispose());
  return { supervisor, workers };
}
const deadlineMs = 2000;

test("starts on demand, once, and tells generations apart", async () => {
  const { supervisor, workers } = supervise();
  expect(workers.started()).toBe(0);
  const call = () => supervisor.call(async (worker, signal, generation) => [await worker.echo("a", { signal }), generation], { deadlineMs });
  expect(await Promise.all([call(), call()])).toEqual([["a", 1], ["a", 1]]);
  expect(workers.started()).toBe(1);
  supervisor.stop();
  expect(await call()).toEqual(["a", 2]);
});

test("a crash fails the calls in flight with the reason and the last log lines, and the next call works", async () => {
  const { supervisor, workers } = supervise();
  await supervisor.call((worker) => worker.echo("warm"), { deadlineMs });
  const hanging = supervisor.call((worker, signal) => worker.hang(undefined, { signal }), { deadlineMs });
  setTimeout(() => workers.crash({ code: 134, signal: null }, "GGML_ASSERT failed"), 10);
  await expect(hanging).rejects.toMatchObject({ code: "WORKER_DIED", details: { detail: "GGML_ASSERT failed", reason: expect.stringContaining("134") as string } });
  expect(supervisor.state).toMatchObject({ state: "stopped", restarts: 1 });
  expect(await supervisor.call((worker) => worker.echo("again"), { deadlineMs })).toBe("again");
});

test("a call past its deadline is TIMED_OUT and the process is replaced", async () => {
  const { supervisor, workers } = supervise();
  await expect(supervisor.call((worker, signal) => worker.hang(undefined, { signal }), { deadlineMs: 30 })).rejects.toMatchObject({ code: "TIMED_OUT" });
  expect(await supervisor.call((worker) => worker.echo("next"), { deadlineMs })).toBe("next");
  expect(workers.started()).toBe(2);
});

test("a call that comes between the kill and the exit gets a fresh process", async () => {
  const { supervisor } = supervise();
  await supervisor.call((worker) => worker.echo("warm"), { deadlineMs });
  supervisor.stop();
  expect(await supervisor.call((worker) => worker.echo("fresh"), { deadlineMs })).toBe("fresh");
});

test("signs of life keep a long stream from its deadline", async () => {
  const { supervisor } = supervise();
  const read = supervisor.call(async (worker, signal, _, alive) => {
    let last = 0;
    for await (const n of await worker.count(undefined, { signal })) {
      alive();
      last = n;
      if (n >= 30) break;
    }
    return last;
  }, { deadlineMs: 100 });
  expect(await read).toBe(30);
});

test("a stopped call is an abort, not an error of the worker, and the worker stays", async () => {
  const { supervisor, workers } = supervise();
  const stop = new AbortController();
  const hanging = supervisor.call((worker, signal) => worker.hang(undefined, { signal }), { deadlineMs, signal: stop.signal });
  setTimeout(() => stop.abort(), 10);
  await expect(hanging).rejects.toMatchObject({ name: "AbortError" });
  expect(await supervisor.call((worker) => worker.echo("still here"), { deadlineMs })).toBe("still here");
  expect(workers.started()).toBe(1);
});

test("a call that is stopped while its worker starts ends at once, and the worker serves the next one", async () => {
  const { supervisor, workers } = supervise({ startMs: 60_000 }, createFakeWorkers(router, { neverReady: true }));
  const stop = new AbortController();
  const waiting = supervisor.call((worker) => worker.echo("a"), { deadlineMs, signal: stop.signal });
  setTimeout(() => stop.abort(), 10);
  await expect(waiting).rejects.toMatchObject({ name: "AbortError" });
  expect(supervisor.state.state).toBe("starting");
  const next = supervisor.call((worker) => worker.echo("b"), { deadlineMs });
  workers.ready();
  expect(await next).toBe("b");
  expect(workers.started()).toBe(1);
});

test("an idle worker is stopped without being counted as dead", async () => {
  const { supervisor } = supervise({ idleMs: 20 });
  await supervisor.call((worker) => worker.echo("a"), { deadlineMs });
  expect(supervisor.state.state).toBe("ready");
  await expect.poll(() => supervisor.state.state).toBe("stopped");
  expect(supervisor.state).toMatchObject({ restarts: 0 });
});

test("a worker that never gets ready is TIMED_OUT", async () => {
  const { supervisor } = supervise({ startMs: 30 }, createFakeWorkers(router, { neverReady: true }));
  await expect(supervisor.call((worker) => worker.echo("a"), { deadlineMs })).rejects.toMatchObject({ code: "TIMED_OUT" });
});

test("after dispose every call is refused", async () => {
  const { supervisor } = supervise();
  supervisor.dispose();
  await expect(supervisor.call((worker) => worker.echo("a"), { deadlineMs })).rejects.toMatchObject({ code: "WORKER_DIED" });
});
