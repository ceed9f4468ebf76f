import CLoRWeBSentencePiece
import Foundation

/// A unigram model: the sentencepiece library normalizes a text, `Unigram` cuts it. The library never changes a loaded model, so
/// any thread may use it.
final class SentencePieceModel: @unchecked Sendable {
  let pieceCount: Int
  private let handle: OpaquePointer
  private let unigram: Unigram
  private let path: String

  /// Checks the bytes of a `spiece.model` and hands them to the library.
  init(_ bytes: Data, path: String) throws {
    do {
      let pieces = try SentencePieceFile.pieces([UInt8](bytes))
      pieceCount = pieces.count
      unigram = try Unigram(pieces)
    } catch let damage as SentencePieceFile.Damage {
      throw TokenizerError.malformed(path: path, line: nil, problem: damage.problem)
    }
    var reason = Reason()
    let handle = bytes.withUnsafeBytes { buffer in
      reason.write { lw_sentencepiece_load(buffer.baseAddress, buffer.count, $0, $1) }
    }
    guard let handle else { throw TokenizerError.sentencePiece(path: path, reason: reason.text) }
    self.handle = handle
    self.path = path
  }

  deinit { lw_sentencepiece_free(handle) }

  var end: Int? { Self.id(lw_sentencepiece_end_id(handle)) }
  var padding: Int? { Self.id(lw_sentencepiece_pad_id(handle)) }

  private static func id(_ value: Int32) -> Int? { value < 0 ? nil : Int(value) }

  /// Ids of a text, nothing added.
  func ids(of text: String) throws -> [Int] { try unigram.ids(of: normalized(text)) }

  /// The text as the model sees it, in UTF-8.
  private func normalized(_ text: String) throws -> [UInt8] {
    var text = text
    return try text.withUTF8 { utf8 in
      // most texts keep their length but for the mark before the first word, of three bytes like each of the others
      var bytes = [UInt8](repeating: 0, count: 3 * utf8.count + 3)
      var count = try normalize(utf8, into: &bytes)
      if count > bytes.count {
        bytes = [UInt8](repeating: 0, count: count)
        count = try normalize(utf8, into: &bytes)
      }
      return Array(bytes.prefix(count))
    }
  }

  /// Writes as much as fits and returns how long the result is.
  private func normalize(_ utf8: UnsafeBufferPointer<UInt8>, into bytes: inout [UInt8]) throws -> Int {
    var reason = Reason()
    let count = bytes.withUnsafeMutableBytes { output in
      let text = UnsafeRawBufferPointer(utf8)
      return reason.write {
        lw_sentencepiece_normalize(
          handle, text.baseAddress?.assumingMemoryBound(to: CChar.self), text.count,
          output.baseAddress?.assumingMemoryBound(to: CChar.self), output.count, $0, $1)
      }
    }
    guard count >= 0 else { throw TokenizerError.sentencePiece(path: path, reason: reason.text) }
    return Int(count)
  }
}

/// Room for the library's words on a failure.
private struct Reason {
  private var bytes = [CChar](repeating: 0, count: 512)

  var text: String { String(decoding: bytes.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self) }

  mutating func write<Result>(_ body: (UnsafeMutablePointer<CChar>?, Int) -> Result) -> Result {
    bytes.withUnsafeMutableBufferPointer { body($0.baseAddress, $0.count) }
  }
}
