// From the tree of a file to values in a model, by the table of keys.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cli/settings/file/keys.h"
#include "cli/settings/file/mistakes.h"
#include "cli/settings/file/node.h"

namespace cli::file {

class Reading {
public:
    // `folder`: where relative paths begin.
    Reading(std::string folder, Mistakes& mistakes, Draft& draft)
        : folder_(std::move(folder)), mistakes_(mistakes), draft_(draft) {}

    void read(const Node& document);

private:
    void read_object(const Object& object, const Node& node, const std::string& path, void* owner);
    void read_key(const Key& key, const Node& node, const std::string& path, void* owner);
    void read_list(const Key& key, const Node& node, const std::string& path, void* owner);
    void read_mapping(const Key& key, const Node& node, const std::string& path, void* owner);
    void read_elements(const Key& key, const Node& node, const std::string& path, void* owner);
    void read_one_object(const Key& key, const Node& node, const std::string& path, void* owner);
    void read_resource(const Node& node, const std::string& path);

    bool read_texts(const Kind& kind, bool takes_list, const Node& node, const std::string& path,
                    std::vector<std::string>& texts);
    std::optional<std::string> read_text(const Kind& kind, const Node& node, const std::string& path);
    void need_file(const Kind& kind, const Node& node, const std::string& path, const std::string& name);

    void refuse(const Node& node, std::string_view path, const std::string& what);
    void refuse_unknown(const Object& object, const Entry& entry, const std::string& path);

    std::string folder_;
    Mistakes& mistakes_;
    Draft& draft_;
    const Node* defaults_ = nullptr;
    bool is_silent_ = false;      // told already
    bool needs_no_file_ = false;  // of "defaults" only what a resource does not say itself is needed
};

}  // namespace cli::file
