/**
 * A text being written, piece after piece, in time that grows with its length. Array.join and += don't promise that: with
 * the flags of docs/writing-runners.md they copy what there is for each piece.
 */
export class TextBuilder {
  private units: StaticArray<u16> = new StaticArray<u16>(32);
  private length: i32 = 0;

  /** Appends a piece. */
  add(text: string): void {
    const length = this.length + text.length;
    if (length > this.units.length) {
      const larger = new StaticArray<u16>(max(length, 2 * this.units.length));
      memory.copy(changetype<usize>(larger), changetype<usize>(this.units), <usize>this.length << 1);
      this.units = larger;
    }
    memory.copy(changetype<usize>(this.units) + (<usize>this.length << 1), changetype<usize>(text), <usize>text.length << 1);
    this.length = length;
  }

  /** Tells whether nothing was added but empty pieces. */
  isEmpty(): bool {
    return this.length == 0;
  }

  /** Returns the text. */
  toString(): string {
    return String.UTF16.decodeUnsafe(changetype<usize>(this.units), <usize>this.length << 1);
  }
}
