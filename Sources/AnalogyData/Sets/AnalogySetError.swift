import Foundation
import LoRWeBFiles

/// Why a set can't be read, split, sampled or cached; what each case is about its sentence says.
public enum AnalogySetError: ExplainedError {
  case notAFolder(String)
  case unknownLayout(folder: String)
  case badPairs(folder: String, count: Int, first: String)
  case noAnalogies(folder: String)
  case noPictures(folder: String, side: Int)
  case unknownHoldout(names: [String])
  case badManifest(file: String, reason: String)
  case tooFewTasks(found: Int, heldOut: Int)
  case noCanvas(quadruple: String, reason: String)
  case badSampling(setting: String, expected: String, found: String)
  case tooManyToList(found: Int, most: Int)
  case foreignPosition(reason: String)
  case noRoom(folder: String, needed: Int, free: Int)
  case notCached(what: String)
  case badCacheEntry(file: String, reason: String)
  case notEncodable(item: String, reason: String)

  public var description: String {
    switch self {
    case .notAFolder(let path): "\(path) is not a folder that can be opened; name the folder that holds the set."
    case .unknownLayout(let folder):
      "\(folder) holds no analogies in a known layout: expected tasks as folders with 01-before.jpg and 01-after.jpg, "
        + "category/Group1/labels.json, or control/ and target/ with pictures of the same names (docs/data.md)."
    case .badPairs(let folder, let count, let first):
      "\(folder) has \(count == 1 ? "one thing" : "\(count) things") wrong with it, first \(first) "
        + "(run lorweb data check for all of them, or allow bad pairs to be skipped)."
    case .noAnalogies(let folder): "\(folder) has no two usable pairs of the same task, which an analogy needs."
    case .noPictures(let folder, let side):
      "\(folder) holds no PNG, JPEG or WebP picture of at least \(side)×\(side) pixels; name a folder of photos."
    case .unknownHoldout(let names):
      "The manifest holds out what the set doesn't have: \(names.joined(separator: ", ")); correct the names or drop them."
    case .badManifest(let file, let reason): "\(file) can't be used as a manifest: \(reason)."
    case .tooFewTasks(let found, let heldOut):
      "\(heldOut) tasks can't be held out of \(found): at least one must be left to train on."
    case .noCanvas(let quadruple, let reason): "No training canvas can be made of \(quadruple): \(reason)"
    case .badSampling(let setting, let expected, let found): "The sampler's \(setting) must be \(expected) but is \(found)."
    case .tooManyToList(let found, let most):
      "The set has \(found) analogies, more than the \(most) that can be shuffled as one list; draw its tasks evenly."
    case .foreignPosition(let reason): "Sampling can't go on where it stopped: \(reason)."
    case .noRoom(let folder, let needed, let free):
      "What is to be encoded takes about \(needed / 1_000_000 + 1) MB, but the disk of \(folder) has \(free / 1_000_000) MB free; "
        + "free some space, keep the cache on another disk or train fewer steps."
    case .notCached(let what): "The cache has no \(what); fill the cache again with the same set, rule and encoders."
    case .badCacheEntry(let file, let reason):
      "\(file) is passed over as a part of the cache, and what it held is encoded again: \(reason)"
    case .notEncodable(let item, let reason): "\(item) can't be encoded: \(reason)"
    }
  }
}
