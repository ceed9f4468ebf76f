import Foundation
import LoRWeBCheckpoints
import LoRWeBFiles
import LoRWeBModels

/// What of a set is never trained on: whole tasks, and single pairs of the others. Kept in a file, so that every run and every
/// measure uses the same split.
public struct HoldoutManifest: Codable, Hashable, Sendable {
  /// Names of tasks none of whose pairs is trained on.
  public var tasks: [String]
  /// Ids of pairs (`task/name`) none of whose analogies is trained on; in a prepared set image ids or quadruple ids.
  public var pairs: [String]

  /// How many tasks of Relation252k the paper holds out; which ones isn't public.
  public static let relation252kTasks = 10

  public init(tasks: [String] = [], pairs: [String] = []) { (self.tasks, self.pairs) = (tasks, pairs) }

  /// Chooses tasks by the SHA-256 of seed and name: the same ones whatever the folder's order, and a set that grows keeps most.
  /// - Throws: `AnalogySetError.tooFewTasks` if none would be left.
  public init(choosing count: Int = relation252kTasks, of names: [String], seed: UInt64 = 0) throws {
    guard count >= 0, count < names.count else { throw AnalogySetError.tooFewTasks(found: names.count, heldOut: count) }
    let ranked = names.sorted { ContentDigest(of: ["\(seed)", $0]).hex < ContentDigest(of: ["\(seed)", $1]).hex }
    self.init(tasks: ranked.prefix(count).sorted())
  }

  /// Reads a manifest, `{"tasks": [names], "pairs": [ids]}`.
  /// - Throws: `AnalogySetError.badManifest`.
  public init(contentsOf url: URL) throws {
    let file = url.path(percentEncoded: false)
    guard let data = try? Data(opening: url) else {
      throw AnalogySetError.badManifest(file: file, reason: "it can't be opened")
    }
    guard let manifest = try? JSONDecoder().decode(HoldoutManifest.self, from: data) else {
      let expected = #"expected {"tasks": [names], "pairs": [ids]}, both lists of text"#
      let reason = JSONTrouble(in: data).map { "it is not JSON (\($0))" } ?? expected
      throw AnalogySetError.badManifest(file: file, reason: reason)
    }
    self = manifest
  }

  /// Writes the manifest, the same bytes for the same content.
  /// - Throws: `AnalogySetError.badManifest`.
  public func write(to url: URL) throws {
    do {
      try (readableJSON() + Data("\n".utf8)).write(to: url, options: .atomic)
    } catch {
      throw AnalogySetError.badManifest(file: url.path(percentEncoded: false), reason: "it can't be written")
    }
  }
}

extension AnalogySet {
  /// The set in two: what may be trained on, and what a manifest holds out.
  ///
  /// Among the held out are whole tasks, and of other tasks the held-out pairs with each other; no analogy is in both halves, and
  /// none of them mixes pairs of both.
  /// - Throws: `AnalogySetError.unknownHoldout` if the manifest names what the set doesn't have.
  public func split(by manifest: HoldoutManifest) throws -> (training: AnalogySet, heldOut: AnalogySet) {
    let (names, ids) = (Set(manifest.tasks), Set(manifest.pairs))
    let known = Set(tasks.flatMap { $0.pairs.map(\.id) } + prepared.flatMap { $0.pairs + [$0.id] })
    let unknown = names.subtracting(tasks.map(\.name) + prepared.map(\.task)).union(ids.subtracting(known))
    guard unknown.isEmpty else { throw AnalogySetError.unknownHoldout(names: unknown.sorted()) }

    func part(isHeldOut: Bool) -> AnalogySet {
      var part = self
      part.tasks = tasks.compactMap { task in
        if names.contains(task.name) { return isHeldOut ? task : nil }
        let pairs = task.pairs.filter { ids.contains($0.id) == isHeldOut }
        return pairs.count < 2 ? nil : AnalogyTask(name: task.name, pairs: pairs)
      }
      part.prepared = prepared.filter { quadruple in
        names.contains(quadruple.task) || ids.contains(quadruple.id)
          ? isHeldOut : quadruple.pairs.allSatisfy { ids.contains($0) == isHeldOut }
      }
      return part
    }
    return (part(isHeldOut: false), part(isHeldOut: true))
  }
}
