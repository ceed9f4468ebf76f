import Foundation

/// Reads big-endian numbers of a file that may be anything: outside the bytes there is an error, never a trap.
struct PackedBytes {
  private let data: Data
  private let file: String
  private let format: String

  /// - Parameters:
  ///   - file: what errors call the file.
  ///   - format: what it should be.
  init(_ data: Data, file: String, format: String) {
    (self.data, self.file, self.format) = (data, file, format)
  }

  var count: Int { data.count }

  func damage(_ reason: String) -> MaterialError { .damaged(file: file, format: format, reason: reason) }

  func bytes(at offset: Int, count: Int) throws(MaterialError) -> Data {
    guard offset >= 0, count >= 0, offset <= data.count, count <= data.count - offset else {
      throw damage("\(count) bytes at \(offset) lie outside its \(data.count)")
    }
    return data[data.startIndex + offset..<data.startIndex + offset + count]
  }

  func long(at offset: Int) throws(MaterialError) -> Int {
    try bytes(at: offset, count: 4).reduce(0) { $0 << 8 | Int($1) }
  }

  func short(at offset: Int) throws(MaterialError) -> Int {
    try bytes(at: offset, count: 2).reduce(0) { $0 << 8 | Int($1) }
  }
}
