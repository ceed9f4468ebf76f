import Foundation

/// Reads numbers and text at offsets of a file that may be anything: outside the file there is nil, never a trap.
package struct ByteReader {
  private let data: Data

  package init(_ data: Data) { self.data = data }

  package var count: Int { data.count }
  package func byte(at offset: Int) -> UInt8? { offset >= 0 && offset < data.count ? data[data.startIndex + offset] : nil }

  /// `count` bytes from `offset`, nil if they aren't all there.
  package func bytes(at offset: Int, count: Int) -> Data? {
    guard offset >= 0, count >= 0, offset <= data.count, count <= data.count - offset else { return nil }
    return data[data.startIndex + offset..<data.startIndex + offset + count]
  }

  package func starts(with signature: [UInt8], at offset: Int = 0) -> Bool {
    bytes(at: offset, count: signature.count).map { $0.elementsEqual(signature) } ?? false
  }

  package func starts(with signature: String, at offset: Int = 0) -> Bool { starts(with: Array(signature.utf8), at: offset) }

  package func ascii(at offset: Int, count: Int) -> String? {
    bytes(at: offset, count: count).flatMap { String(data: $0, encoding: .ascii) }
  }

  package func bigEndian16(at offset: Int) -> UInt16? {
    bytes(at: offset, count: 2).map { $0.reduce(0) { $0 << 8 | UInt16($1) } }
  }

  package func bigEndian32(at offset: Int) -> UInt32? {
    bytes(at: offset, count: 4).map { $0.reduce(0) { $0 << 8 | UInt32($1) } }
  }

  package func littleEndian16(at offset: Int) -> UInt16? { bigEndian16(at: offset)?.byteSwapped }
  package func littleEndian32(at offset: Int) -> UInt32? { bigEndian32(at: offset)?.byteSwapped }
}
