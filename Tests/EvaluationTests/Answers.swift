import Foundation
import LoRWeBPictures

/// Files that Proofs/metrics made.
enum Answers {
  static func url(_ name: String) -> URL {
    URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Answers/\(name)", directoryHint: .notDirectory)
  }

  static func json<Answer: Decodable>(_ name: String) throws -> Answer {
    try JSONDecoder().decode(Answer.self, from: Data(contentsOf: url(name)))
  }
}

extension Picture {
  /// A picture of samples that a function of row, column and channel gives.
  init(width: Int, height: Int, _ sample: (Int, Int, Int) -> Int) throws {
    let pixels = (0..<height).flatMap { y in
      (0..<width).flatMap { x in (0..<3).map { UInt8(clamping: sample(y, x, $0)) } }
    }
    try self.init(width: width, height: height, pixels: pixels)
  }

  /// Every sample anew from its row, column and value.
  func mapped(_ change: (Int, Int, Int) -> Int) throws -> Picture {
    try Picture(width: width, height: height) { y, x, channel in change(y, x, Int(pixels[(y * width + x) * 3 + channel])) }
  }

  /// The edits of Proofs/metrics/make_metric_answers.py, by name.
  func edited(_ kind: String) throws -> Picture {
    switch kind {
    case "inverted left half": try mapped { _, x, value in x < width / 2 ? 255 - value : value }
    case "darker by 20": try mapped { _, _, value in max(value - 20, 0) }
    default: try mapped { y, x, value in (x / 4 + y / 4).isMultiple(of: 2) ? value / 2 : value }
    }
  }
}
