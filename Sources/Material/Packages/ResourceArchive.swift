import CLoRWeBSystemZlib
import Foundation

/// The files in a Qt resource archive (.rcc), which is how GCompris keeps its pictures.
///
/// Magic `qres`, then version and the offsets of tree, data and names, all big-endian. A node of the tree has a name, flags and
/// either its children's number and first index or the offset of its data: 14 bytes in version 1, 22 with a date after.
struct ResourceArchive {
  private static let (isCompressed, isFolder, isZstandard) = (1, 2, 4)
  /// Deeper trees are taken for loops.
  private static let deepest = 32
  /// No file inside is larger than this, in bytes.
  private static let largest = 256 << 20

  private struct Node {
    let flags, offset: Int
  }

  private let bytes: PackedBytes
  private let tree, content, names, nodeSize: Int
  private var files: [String: Node] = [:]

  var paths: [String] { files.keys.sorted() }

  /// - Parameter file: what errors call the archive.
  init(_ data: Data, file: String) throws(GatheringError) {
    bytes = PackedBytes(data, file: file, format: "Qt resource archive")
    guard data.starts(with: Data("qres".utf8)) else { throw bytes.damage("it doesn't begin with qres") }
    let version = try bytes.long(at: 4)
    guard (1...3).contains(version) else { throw bytes.damage("its version is \(version), versions 1 to 3 are read") }
    (tree, content, names) = (try bytes.long(at: 8), try bytes.long(at: 12), try bytes.long(at: 16))
    nodeSize = version == 1 ? 14 : 22
    var left = bytes.count / nodeSize
    try walk(0, below: "", depth: 0, left: &left)
  }

  func content(of path: String) throws(GatheringError) -> Data {
    guard let node = files[path] else { throw bytes.damage("it has no file \(path)") }
    let stored = try bytes.bytes(at: content + node.offset + 4, count: bytes.long(at: content + node.offset))
    if node.flags & Self.isZstandard != 0 { throw bytes.damage("\(path) is packed with Zstandard, which isn't read") }
    guard node.flags & Self.isCompressed != 0 else { return stored }
    guard stored.count > 4 else { throw bytes.damage("\(path) is too short") }
    let size = stored.prefix(4).reduce(0) { $0 << 8 | Int($1) }
    guard size <= Self.largest else { throw bytes.damage("\(path) claims to have \(size) bytes") }
    guard let unpacked = Self.inflated(stored.dropFirst(4), size: size) else { throw bytes.damage("\(path) can't be unpacked") }
    return unpacked
  }

  private mutating func walk(_ index: Int, below path: String, depth: Int, left: inout Int) throws(GatheringError) {
    left -= 1
    guard left >= 0, depth <= Self.deepest else { throw bytes.damage("its tree loops") }
    let place = tree + index * nodeSize
    let flags = try bytes.short(at: place + 4)
    let own = index == 0 ? "" : try name(at: names + bytes.long(at: place))
    let path = path.isEmpty ? own : "\(path)/\(own)"
    guard flags & Self.isFolder != 0 else {
      files[path] = Node(flags: flags, offset: try bytes.long(at: place + 10))
      return
    }
    let (count, first) = (try bytes.long(at: place + 6), try bytes.long(at: place + 10))
    guard count <= left else { throw bytes.damage("its tree loops") }
    for child in 0..<count { try walk(first + child, below: path, depth: depth + 1, left: &left) }
  }

  /// A name: its length in UTF-16 units, a hash, the units.
  private func name(at offset: Int) throws(GatheringError) -> String {
    let units = try bytes.bytes(at: offset + 6, count: 2 * bytes.short(at: offset))
    guard let name = String(data: units, encoding: .utf16BigEndian), !name.isEmpty else {
      throw bytes.damage("a name is no text")
    }
    return name
  }

  private static func inflated(_ packed: Data, size: Int) -> Data? {
    var result = Data(count: size)
    var length = uLong(size)
    let status = result.withUnsafeMutableBytes { output in
      packed.withUnsafeBytes { input in
        uncompress(
          output.bindMemory(to: Bytef.self).baseAddress, &length, input.bindMemory(to: Bytef.self).baseAddress,
          uLong(input.count))
      }
    }
    return status == Z_OK && length == uLong(size) ? result : nil
  }
}
