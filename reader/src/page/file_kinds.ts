/** Tells the files of a reader apart by their beginning, for those who chose the wrong one. */

import { type Bytes, latin1 } from "../core/bytes.ts";

const begins = (data: Bytes, text: string): boolean => latin1(data.subarray(0, text.length)) === text;

export const isCard = (data: Bytes): boolean => begins(data, "# The card of a commission member.");

export const isKeyFile = (data: Bytes): boolean => begins(data, "age-encryption.org/v1\n-> scrypt ");
