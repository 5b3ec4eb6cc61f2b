import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { AnswerText, type Delta } from "./answer-text.ts";

function delta(text: string, offset: number, rest: Partial<Delta> = {}): Delta {
  return { messageId: "m1", attempt: 1, offset, text, ...rest };
}

describe("pieces of an answer", () => {
  test("are printed as they come", () => {
    const answer = new AnswerText();
    expect(answer.delta(delta("Hel", 0)).text).toBe("Hel");
    expect(answer.delta(delta("lo", 3)).text).toBe("lo");
    expect(answer.message("m1", "Hello").text).toBe("");
    expect(answer.end()).toBe("\n");
  });

  test("that come again are not printed again", () => {
    const answer = new AnswerText();
    answer.delta(delta("Hello", 0));
    expect(answer.delta(delta("Hello wor", 0)).text).toBe(" wor");
    expect(answer.delta(delta("llo", 2)).text).toBe("");
  });

  test("behind a gap wait for the finished message", () => {
    const answer = new AnswerText();
    answer.delta(delta("Hel", 0));
    expect(answer.delta(delta("world", 6)).text).toBe("");
    expect(answer.message("m1", "Hello world").text).toBe("lo world");
  });

  test("of a new attempt that says the same go on where the text ended", () => {
    const answer = new AnswerText();
    answer.delta(delta("one two", 0));
    expect(answer.delta(delta("one ", 0, { attempt: 2 }))).toEqual({ text: "", restarted: false });
    expect(answer.delta(delta("two three", 4, { attempt: 2 })).text).toBe(" three");
  });

  test("of a new attempt that says something else start on a new line", () => {
    const answer = new AnswerText();
    answer.delta(delta("one two", 0));
    const piece = answer.delta(delta("four", 0, { attempt: 2 }));
    expect(piece).toEqual({ text: "\nfour", restarted: true });
    expect(answer.delta(delta("x", 7)).text).toBe("");
  });

  test("of the next message start on a new line", () => {
    const answer = new AnswerText();
    answer.message("m1", "first");
    expect(answer.message("m2", "").text).toBe("");
    expect(answer.message("m3", "second").text).toBe("\nsecond");
    expect(answer.end()).toBe("\n");
  });
});

test("whatever is lost, repeated or begun again with the same text, it is printed once", () => {
  const cuts = fc.array(fc.tuple(fc.nat(40), fc.nat(12), fc.integer({ min: 1, max: 3 })));
  fc.assert(
    fc.property(fc.string({ minLength: 1, maxLength: 40 }), cuts, (whole, pieces) => {
      const answer = new AnswerText();
      const printed = pieces.map(([offset, length, attempt]) => {
        const text = whole.slice(offset, offset + length);
        return answer.delta(delta(text, offset, { attempt })).text;
      });
      printed.push(answer.message("m1", whole).text);
      expect(printed.join("")).toBe(whole);
    }),
  );
});
