import Foundation
import LoRWeBTorch

/// A GGUF file opened for reading: its header checked, its data mapped, not read.
///
/// Plain tensors are views of the map, as a `SafetensorsFile`'s are; quantised ones are made anew in fp32 each time.
public final class GGUFFile {
  public let url: URL
  public let header: GGUFHeader
  private let map: MappedFile

  /// Opens a file of version 2 or 3 and checks its header against its size.
  /// - Throws: `CheckpointError`, a sentence of its own for each way in which a file can be wrong.
  public init(_ url: URL) throws {
    map = try MappedFile(url, expecting: "a GGUF file")
    self.url = url
    header = try GGUFHeader(map.bytes, file: url.path(percentEncoded: false))
  }

  /// Gives the memory of what was read back to the system; tensors of the file stay, and are read again when they are touched.
  public func releasePages() { map.releasePages() }
  public var byteCount: Int { map.count }
  public var names: [String] { header.entries.map(\.name) }

  /// Of all bytes before the data.
  public var headerDigest: ContentDigest {
    withExtendedLifetime(map) { ContentDigest(of: UnsafeRawBufferPointer(rebasing: map.bytes[..<header.byteCount])) }
  }

  /// Of the whole file, which is read for it.
  public var contentDigest: ContentDigest { withExtendedLifetime(map) { ContentDigest(of: map.bytes) } }

  /// A tensor in its stored type, or in fp32 if it is quantised.
  /// - Throws: `CheckpointError.noSuchTensor`, or `TorchError` if torch refuses.
  public func tensor(_ name: String) throws -> Tensor {
    let entry = try entry(name)
    return try tensor(entry, entry.shape, 0..<entry.shape.reduce(1, *))
  }

  /// Some rows of a tensor, its first dimension's; no others are read or dequantised.
  /// - Throws: `CheckpointError.noSuchTensor`, of rows too; `TorchError` if torch refuses.
  public func tensor(_ name: String, rows: Range<Int>) throws -> Tensor {
    let entry = try entry(name)
    guard let count = entry.shape.first, rows.lowerBound >= 0, rows.upperBound <= count else {
      throw CheckpointError(
        .noSuchTensor, url.path(percentEncoded: false),
        expected: "rows \(rows.lowerBound) to \(rows.upperBound) of tensor \(quoted(name))",
        found: "shape \(brief(entry.shape))",
        advice: "check that the weights belong to this model")
    }
    let inner = entry.shape.dropFirst()
    let width = inner.reduce(1, *)
    return try tensor(entry, [rows.count] + inner, rows.lowerBound * width..<rows.upperBound * width)
  }

  /// - Parameter numbers: which of the tensor's, in their order; as many as the shape has.
  private func tensor(_ entry: GGUFHeader.Entry, _ shape: [Int], _ numbers: Range<Int>) throws -> Tensor {
    let start = entry.byteRange.lowerBound
    switch entry.type.storage {
    case .plain(let dtype): return try map.tensor(at: start + numbers.lowerBound * dtype.size, shape: shape, dtype: dtype)
    case .blocks(let block):
      // Rows of a shape that was restored may begin and end inside a block.
      let first = numbers.lowerBound / block.count
      let count = (numbers.upperBound + block.count - 1) / block.count - first
      return try withTorchErrors {
        let whole = Tensor.empty([count * block.count])
        let place = UnsafeRawPointer(map.base) + start + first * block.byteCount
        withExtendedLifetime(map) {
          whole.withUnsafeMutableBytes { out in
            out.expectFilling()
            block.expand(count, at: place, into: out)
          }
        }
        return whole.narrowed(0, from: numbers.lowerBound - first * block.count, count: numbers.count).reshaped(shape)
      }
    }
  }

  private func entry(_ name: String) throws -> GGUFHeader.Entry {
    guard let entry = header[name] else { throw CheckpointError.noSuchTensor(url.path(percentEncoded: false), name) }
    return entry
  }
}

extension UnsafeMutableRawBufferPointer {
  /// Lets Linux hand out new memory in large pages, where there are any: page by page of 4 KB that takes three quarters of the time.
  fileprivate func expectFilling() {
    #if os(Linux)
    guard let start = baseAddress?.alignedUp(toMultipleOf: Int(getpagesize())), count > 1 << 22 else { return }
    madvise(start, count - Int(getpagesize()), MADV_HUGEPAGE)
    #endif
  }
}
