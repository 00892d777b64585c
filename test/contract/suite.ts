import { isDefinedError, safe } from "@orpc/client";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { EngineClient } from "../../engine/contract/index.ts";
import { readProbes } from "./tiny-engine.ts";

/** One way to the tiny engine. */
export interface Connection {
  readonly client: EngineClient;
  dispose(): void | Promise<void>;
}

/** A line that many calls share, and that can break under them. */
export interface Line extends Connection {
  /** Breaks it, as a closed window or a dead host does. */
  cut(): void | Promise<void>;
  /** For looking on after the cut: another line to the same engine. */
  readonly second: EngineClient;
}

/** What every transport must keep, however its bytes travel. */
export function contractSuite<C extends Connection>(name: string, connect: () => Promise<C>, more?: (connection: () => C) => void): void {
  describe(name, () => {
    let connection: C;
    let client: EngineClient;
    beforeEach(async () => {
      connection = await connect();
      client = connection.client;
    });
    afterEach(() => connection.dispose());

    answersAndErrors(() => client);
    streams(() => client);
    cancellation(() => client);
    more?.(() => connection);
  });
}

function answersAndErrors(client: () => EngineClient): void {
  test("what is sent arrives, with the contract's defaults filled in", async () => {
    const made = await client().collections.create({ name: "Größe 📚 \u0000 \"quoted\"" });
    expect(made).toMatchObject({ name: "Größe 📚 \u0000 \"quoted\"", private: false });
    expect(await client().collections.list()).toEqual([made]);
  });

  test("a hundred calls at once each get their own answer", async () => {
    const limits = Array.from({ length: 100 }, (_, index) => index + 1);
    const answers = await Promise.all(limits.map((limit) => client().system.network({ limit })));
    expect(answers.map((entries) => entries.find(({ purpose }) => purpose === "limit")?.bytes)).toEqual(limits);
  });

  test.each<[string, (client: EngineClient) => Promise<unknown>, string]>([
    ["an empty name", (to) => to.collections.create({ name: "" }), "name"],
    ["a name that is a number", (to) => to.collections.create({ name: 7 as unknown as string }), "name"],
    ["a number out of range", (to) => to.system.network({ limit: 0 }), "limit"],
  ])("malformed input (%s) is INVALID and names the field", async (_, call, field) => {
    await expect(call(client())).rejects.toMatchObject({ code: "INVALID", defined: true, data: { field, reason: expect.stringContaining(field) as string } });
  });

  test("an expected failure keeps its code, its reason, its next step and its field", async () => {
    await client().collections.create({ name: "Law" });
    const { error, data } = await safe(client().collections.create({ name: "Law" }));
    expect(data).toBeUndefined();
    expect(isDefinedError(error) && { code: error.code, data: error.data }).toEqual({
      code: "CONFLICT", data: { reason: "There is a collection Law already.", next: "Choose another name.", field: "name" },
    });
  });

  test("a bug is INTERNAL and says nothing of itself in its text", async () => {
    const error: unknown = await client().collections.remove({ id: "x" }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "INTERNAL", data: { reason: "Something went wrong inside Lorekeep." } });
    expect((error as Error).message).not.toContain("secret");
  });

  test("a procedure that is not there is said, not hung on", async () => {
    await expect(client().settings.get()).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  test("a large input and a large error cross whole", async () => {
    const path = "x".repeat(1_000_000);
    const stream = await client().models.import({ path });
    await expect((async () => { for await (const _ of stream); })()).rejects.toMatchObject({ code: "NOT_FOUND", data: { reason: `There is no such file: ${path}.` } });
  });
}

function streams(client: () => EngineClient): void {
  test("a thousand events arrive in order, and the stream ends", async () => {
    const seen: number[] = [];
    for await (const { done } of await client().queue.watch()) seen.push(done);
    expect(seen).toEqual(Array.from({ length: 1000 }, (_, index) => index));
  });

  test("events reach a listener as they happen", async () => {
    const stream = await client().system.changes();
    const first = stream.next();
    await expect.poll(async () => (await readProbes(client())).started).toBe(1);
    for (const name of ["a", "b", "c"]) await client().collections.create({ name });
    expect([await first, await stream.next(), await stream.next()].map(({ done, value }) => (done ? undefined : value.id))).toEqual(["c0", "c1", "c2"]);
    await stream.return?.();
  });

  test("a failure in the middle comes after what was sent before it, with its code", async () => {
    const seen: number[] = [];
    const read = async () => {
      for await (const event of await client().models.import({ path: "/nowhere.gguf" })) if (event.type === "progress") seen.push(event.done);
    };
    await expect(read()).rejects.toMatchObject({ code: "NOT_FOUND", defined: true, data: { field: "path", next: "Choose another file." } });
    expect(seen).toEqual([0, 1]);
  });

  test("a reader that leaves early ends the stream at its source", async () => {
    for await (const { done } of await client().queue.watch()) if (done === 3) break;
    const stream = await client().system.changes();
    const waiting = stream.next();
    await expect.poll(async () => (await readProbes(client())).started).toBe(1);
    await stream.return?.();
    await waiting.catch(() => undefined);
    await expect.poll(async () => (await readProbes(client())).ended).toBe(1);
  });
}

function cancellation(client: () => EngineClient): void {
  test("before: a call that is stopped already does not begin", async () => {
    await expect(client().queue.idle(undefined, { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: "AbortError" });
    await expect(client().system.changes(undefined, { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: "AbortError" });
    expect(await readProbes(client())).toEqual({ started: 0, ended: 0 });
  });

  test("during: the caller is let go at once, and the work ends", async () => {
    const stop = new AbortController();
    const call = client().queue.idle(undefined, { signal: stop.signal });
    call.catch(() => undefined);
    await expect.poll(async () => (await readProbes(client())).started).toBe(1);
    stop.abort();
    await expect(call).rejects.toMatchObject({ name: "AbortError" });
    await expect.poll(async () => (await readProbes(client())).ended).toBe(1);
  });

  test("during a stream: it ends at both sides", async () => {
    const stop = new AbortController();
    const stream = await client().system.changes(undefined, { signal: stop.signal });
    const waiting = stream.next();
    waiting.catch(() => undefined);
    await expect.poll(async () => (await readProbes(client())).started).toBe(1);
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ name: "AbortError" });
    await expect.poll(async () => (await readProbes(client())).ended).toBe(1);
  });

  test("after: nothing happens, and the line is good for the next call", async () => {
    const stop = new AbortController();
    const made = await client().collections.create({ name: "a" }, { signal: stop.signal });
    for await (const _ of await client().queue.watch(undefined, { signal: stop.signal }));
    stop.abort();
    expect(await client().collections.list()).toEqual([made]);
  });
}

/** For transports whose calls share a line. Where each call has its own (HTTP), cancelling a call is cutting its line. */
export function cutLine(line: () => Line): void {
  test("a cut line rejects the calls on it, ends its streams, and is noticed at the other side", async () => {
    const { client, second } = line();
    const call = client.queue.idle();
    call.catch(() => undefined);
    const stream = await client.system.changes();
    const next = stream.next();
    next.catch(() => undefined);
    await expect.poll(() => readProbes(second)).toEqual({ started: 2, ended: 0 });
    await line().cut();
    await expect(call).rejects.toThrow();
    await expect(next).rejects.toThrow();
    await expect.poll(() => readProbes(second)).toEqual({ started: 2, ended: 2 });
  });
}
