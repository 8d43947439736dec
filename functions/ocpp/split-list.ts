/** Room for everything else in a message that carries a list. */
const listBytes = 24 * 1024;
/** What a frame and the names around a list add to it. */
const aroundListBytes = 200;

/**
 * Cuts a list into pieces of at most `most` items that each fit a message, of `messageBytes` where the station has a
 * limit of its own. An item that is too large alone stands
 * alone. An empty list stays one piece: an empty list is a request of its own.
 */
export function splitList<Item>(
  items: readonly Item[],
  most = Number.POSITIVE_INFINITY,
  messageBytes = Number.POSITIVE_INFINITY,
): readonly Item[][] {
  const pieceBytes = Math.min(listBytes, messageBytes - aroundListBytes);
  const pieces: Item[][] = [];
  let piece: Item[] = [];
  let bytes = 0;
  for (const item of items) {
    const itemBytes = Buffer.byteLength(JSON.stringify(item)) + 1;
    if (piece.length > 0 && (piece.length >= Math.max(1, most) || bytes + itemBytes > pieceBytes)) {
      pieces.push(piece);
      piece = [];
      bytes = 0;
    }
    piece.push(item);
    bytes += itemBytes;
  }
  return piece.length > 0 || pieces.length === 0 ? [...pieces, piece] : pieces;
}
