import Foundation
import LoRWeBPictures

/// Reads big-endian numbers of a file that may be anything: outside the bytes there is an error that says so.
struct PackedBytes {
  private let reader: ByteReader
  private let file, format: String

  /// - Parameter format: what the file should be, for errors.
  init(_ data: Data, file: String, format: String) { (reader, self.file, self.format) = (ByteReader(data), file, format) }

  var count: Int { reader.count }

  func damage(_ reason: String) -> GatheringError { .damaged(file: file, format: format, reason: reason) }

  func bytes(at offset: Int, count: Int) throws(GatheringError) -> Data {
    try inside(reader.bytes(at: offset, count: count), offset, count)
  }

  func long(at offset: Int) throws(GatheringError) -> Int { Int(try inside(reader.bigEndian32(at: offset), offset, 4)) }

  func short(at offset: Int) throws(GatheringError) -> Int { Int(try inside(reader.bigEndian16(at: offset), offset, 2)) }

  private func inside<Value>(_ value: Value?, _ offset: Int, _ count: Int) throws(GatheringError) -> Value {
    guard let value else { throw damage("\(count) bytes at \(offset) lie outside its \(reader.count)") }
    return value
  }
}
