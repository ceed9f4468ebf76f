import Foundation
import LoRWeBCheckpoints
import LoRWeBFiles
import LoRWeBPictures
import LoRWeBTorch

/// Renders quadruples into a folder in the published preparation's layout, which training reads: `control/ID.png` is a | a′ | b,
/// `target/ID.png` is b′, `analogy_metadata.json` has task and instruction of each.
///
/// Tasks take turns. The picture of a number is a function of the seed, its number, its task and the material, however many
/// cores there are.
public struct Synthesis: Sendable {
  public struct Report: Codable, Hashable, Sendable {
    public let quadruples, tasks, side: Int
    public let seed: UInt64
    public let part: Material.Part
    public let seconds, quadruplesPerSecond: Double

    public var text: String {
      "\(quadruples) quadruples of \(tasks) tasks in \(String(format: "%.1f s, %.1f/s", seconds, quadruplesPerSecond))"
    }
  }

  /// The fields of the published metadata that readers use, and the task's variant.
  private struct Entry: Codable {
    struct Image: Codable { let image_id: String }
    let analogy_id, category, edit_prompt: String
    let variant: Int
    let pair_A, pair_C: Image
  }

  let tasks: [ProceduralTask]
  let side: Int
  private let maker: QuadrupleMaker
  private let part: Material.Part
  private let seed: UInt64
  private let theta: ThetaRange

  /// - Parameter part: whose photos and cut-outs are used.
  /// - Throws: what `QuadrupleMaker` throws.
  public init(
    _ tasks: [ProceduralTask], material: Material, part: Material.Part, side: Int, seed: UInt64,
    theta: ThetaRange = .trained
  ) throws {
    (self.tasks, self.part, self.side, self.seed, self.theta) = (tasks, part, side, seed, theta)
    maker = try QuadrupleMaker(material: material.part(part), side: side)
  }

  /// The quadruple of a number.
  /// - Throws: `ProceduralError`.
  public func quadruple(_ number: Int) throws -> ProceduralQuadruple {
    try maker.trying(seed: seed, stream: [UInt64(number)]) { numbers in
      try maker.quadruple(tasks[number % tasks.count], seed: numbers.next(), theta: theta)
    }
  }

  /// Writes quadruples 0..<count. The folder appears only when everything is in it.
  /// - Parameter progress: called on this thread with how many are done and how many a second; what it throws ends the work.
  /// - Throws: `FolderError.unwritable`, `CheckpointError.unwritable`, `ProceduralError`, `PicturesError`.
  public func write(count: Int, to output: URL, progress: (Int, Double) throws -> Void) throws -> Report {
    try Folder.checkFree(output)
    let clock = ContinuousClock()
    let start = clock.now
    do {
      try AtomicFolder.write(to: output) { scratch in
        for name in [PreparedFolder.control, PreparedFolder.target] {
          try FileManager.default.createDirectory(at: scratch.appending(path: name), withIntermediateDirectories: true)
        }
        var entries: [Entry] = []
        let block = 64  // quadruples between two calls of progress
        for first in stride(from: 0, to: count, by: block) {
          entries += try [Entry](concurrently: min(block, count - first)) { try write(first + $0, to: scratch) }
          try progress(entries.count, Double(entries.count) / max(1e-9, (clock.now - start) / .seconds(1)))
        }
        try entries.readableJSON().write(to: scratch.appending(path: PreparedFolder.metadata))
        sync()
      }
    } catch let error as CocoaError {
      throw FolderError.unwritable(output.path(percentEncoded: false), reason: error.plainReason)
    }
    let seconds = (clock.now - start) / .seconds(1)
    return Report(
      quadruples: count, tasks: min(count, tasks.count), side: side, seed: seed, part: part, seconds: seconds,
      quadruplesPerSecond: Double(count) / max(1e-9, seconds))
  }

  private func write(_ number: Int, to folder: URL) throws -> Entry {
    let quadruple = try quadruple(number)
    let id = "\(quadruple.task)-" + String(repeating: "0", count: max(0, 6 - "\(number)".count)) + "\(number)"
    let strip = try Picture.assembled(
      size: PictureSize(width: 3 * side, height: side), background: .white,
      pieces: [(quadruple.a, 0, 0), (quadruple.aPrime, side, 0), (quadruple.b, 2 * side, 0)])
    // Nobody sees the folder before it is whole: its files needn't each be renamed and on the disk.
    let fast = PictureWriting(compression: 1)
    try strip.encoded(as: .png, fast).write(to: folder.appending(path: "\(PreparedFolder.control)/\(id).png"))
    try quadruple.bPrime.encoded(as: .png, fast).write(to: folder.appending(path: "\(PreparedFolder.target)/\(id).png"))
    try Data(quadruple.instruction.utf8).write(to: folder.appending(path: "\(PreparedFolder.target)/\(id).txt"))
    return Entry(
      analogy_id: id, category: quadruple.task, edit_prompt: quadruple.instruction, variant: quadruple.variant,
      pair_A: .init(image_id: "\(id)-a"), pair_C: .init(image_id: "\(id)-b"))
  }
}
