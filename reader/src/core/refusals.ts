/** Why something is not opened: the kinds of error that the command line knows, and its sentences. */

export type Kind = "Unreadable" | "Tampered" | "NotForUs" | "Locked" | "TooLong";

/** Thrown for everything that is not opened. The sentence is for people and holds no data. */
export class Refusal extends Error {
  readonly kind: Kind;

  constructor(kind: Kind, sentence: string) {
    super(sentence);
    this.kind = kind;
  }
}

export const unreadable = (sentence: string): Refusal => new Refusal("Unreadable", sentence);
export const tampered = (sentence: string): Refusal => new Refusal("Tampered", sentence);
export const notForUs = (sentence: string): Refusal => new Refusal("NotForUs", sentence);
export const locked = (sentence: string): Refusal => new Refusal("Locked", sentence);
export const tooLong = (sentence: string): Refusal => new Refusal("TooLong", sentence);
