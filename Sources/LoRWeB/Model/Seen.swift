import LoRWeBPictures

/// A picture by its content, size and transparency included.
struct Seen: Hashable {
  private let picture: Picture

  init(_ picture: Picture) { self.picture = picture }

  /// Some of the samples are enough to tell most pictures apart; equality looks at all.
  func hash(into hasher: inout Hasher) {
    hasher.combine(picture.width)
    hasher.combine(picture.height)
    let pixels = picture.pixels
    for index in stride(from: 0, to: pixels.count, by: max(pixels.count / 512, 1)) { hasher.combine(pixels[index]) }
  }
}
