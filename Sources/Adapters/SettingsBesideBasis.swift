import Foundation
import LoRWeBCheckpoints
import LoRWeBFiles

/// What YAMLs in a basis's folder say of its router: of the basis's own name, else of any.
struct SettingsBesideBasis {
  /// The file's name and what it says.
  private(set) var said: (name: String, settings: PartialRouterSettings)?
  private(set) var warnings: [String] = []

  /// - Parameter isNeeded: whether the basis doesn't say it itself, so that a YAML that can't be read can't be passed over.
  /// - Throws: `AdapterError` for a YAML of the basis's name that doesn't describe a router, and for one that is needed and
  ///   can't be read; `FolderError.unlistable`.
  init(_ basis: URL, isNeeded: Bool) throws {
    let folder = basis.absoluteURL.deletingLastPathComponent()
    let yamls = try Folder.contents(of: folder).files.map { folder.appending(path: $0) }
      .filter { ["yaml", "yml"].contains($0.pathExtension.lowercased()) }
    let stem = basis.deletingPathExtension().lastPathComponent
    let own = yamls.filter { $0.deletingPathExtension().lastPathComponent == stem }
    var fitting: [(name: String, settings: PartialRouterSettings)] = []
    var others: [String] = []
    var unreadable: [(name: String, error: any Error)] = []
    for url in own.isEmpty ? yamls : own {
      do {
        let yaml = try AuthorsYAML(contentsOf: url)
        if own.isEmpty, yaml?.describesRouter != true {
          others.append(url.lastPathComponent)
        } else if let settings = try yaml?.routerSettings() {
          fitting.append((url.lastPathComponent, settings))
        } else {
          throw AuthorsYAML.missing(url.path(percentEncoded: false))
        }
      } catch {
        unreadable.append((url.lastPathComponent, error))
      }
    }
    if let first = unreadable.first, isNeeded, fitting.isEmpty { throw first.error }
    warnings += unreadable.map { "\($0.name) beside the basis was passed over: \($0.error)" }
    choose(fitting, stem: stem)
    if fitting.isEmpty, !others.isEmpty {
      let verb = others.count == 1 ? "describes no network and was" : "describe no network and were"
      warnings.append("\(others.joined(separator: ", ")) beside the basis \(verb) passed over.")
    }
  }

  /// Of several that fit none is guessed, unless they say the same.
  private mutating func choose(_ fitting: [(name: String, settings: PartialRouterSettings)], stem: String) {
    guard let first = fitting.first else { return }
    let isOne = fitting.allSatisfy { $0.settings == first.settings }
    if isOne { said = first }
    guard fitting.count > 1 else { return }
    warnings.append(
      "\(fitting.map(\.name).joined(separator: " and ")) beside the basis describe its router and "
        + (isOne ? "say the same, so \(first.name) was read" : "differ, so none of them was read")
        + "; call the one that is meant \(stem).yaml, or name it as the basis's config.")
  }
}
