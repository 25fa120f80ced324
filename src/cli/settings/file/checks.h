// What keys of one resource must be to each other: what nginx would find out too, but without a line of the file.
#pragma once

#include <string>
#include <string_view>

#include "cli/settings/file/keys.h"
#include "cli/settings/file/mistakes.h"

namespace cli::file {

// Where a key of the resource stands, in its own mapping or in "defaults".
struct Place {
    Position at;
    std::string path;
    const Node* node = nullptr;  // null: nowhere, and the place is that of the resource
};
Place place_of(const ResourceDraft& resource, std::string_view key);

void check_resource(const ResourceDraft& resource, Mistakes& mistakes);

// Of the file as a whole.
void check_proxy(const Draft& draft, const Node& document, Mistakes& mistakes);
// A name in it must be known when nginx starts.
void check_resolver(Draft& draft, const Node& document, Mistakes& mistakes);

}  // namespace cli::file
