# The environment variables that the command knows are the ones that the manual page and docs/CONFIGURATION.md explain.
use v5.36;
use Test::More;

sub names_in ($file, $pattern) {
    open my $in, '<:encoding(UTF-8)', $file or die "$file: $!\n";
    local $/;
    my %names = map { $_ => 1 } <$in> =~ /$pattern/g;
    return [sort keys %names];
}

my $known = names_in('src/cli/settings/known_variables.cpp', qr/^    \{\.name = "(MCP_\w+)",/m);
cmp_ok scalar @$known, '>', 20, 'the command knows variables';
is_deeply names_in('docs/CONFIGURATION.md', qr/^\| `(MCP_\w+)` \|/m), $known, 'docs/CONFIGURATION.md';
is_deeply names_in('docs/NAMES.md', qr/^\|.*`(MCP_\w+)`/m), $known, 'docs/NAMES.md';

# MCP_CLIENT_SECRET is known to be refused; the manual page explains only what can be set.
my @explained = @{names_in('docs/mcp-resource.1', qr/(MCP_[A-Z_]+)(?=[",\s])/)};
is_deeply \@explained, [grep { $_ ne 'MCP_CLIENT_SECRET' } @$known], 'docs/mcp-resource.1';
done_testing;
