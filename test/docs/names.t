# Names in our documents are those of the code: directives and variables of nginx, metrics, environment variables, reasons of
# refusals.
use v5.36;
use Test::More;

chomp(my @documents = qx(git ls-files --cached --others --exclude-standard '*.md'));

sub slurp ($file) {
    open my $in, '<:encoding(UTF-8)', $file or die "$file: $!\n";
    local $/;
    return <$in>;
}

sub all_of (@globs) { return join '', map { slurp($_) } map { glob } @globs }

my $modules = all_of('src/modules/*/*.cpp', 'src/modules/*/*.h', 'conf/*.conf', 'examples/*.conf');
my $command = all_of('src/cli/settings/known_variables.cpp', 'examples/*.yml', 'examples/*/*.yml', 'test/peers/*.json');
my $reasons = all_of('src/oauth/error.cpp', 'src/mcp/reason.cpp');
my $count   = 0;

# Metrics as they are scraped: the name of a family with the endings of its type, and labels.
my %endings = (counter => ['_total'], gauge => [''], histogram => ['', '_bucket', '_count', '_sum'], info => ['_info']);
my $metrics = all_of('src/report/metrics_text.cpp');
my %scraped = map { $_ => 1 } $metrics =~ /\{"(mcp_\w+)", \w/g;
while ($metrics =~ /MetricFamily \w+\{\s*"(mcp_\w+)",\s*MetricType::(\w+)/g) {
    $scraped{"$1$_"} = 1 for @{ $endings{$2} };
}

# What a document calls by a name that only ours have. Upstreams, zones and formats of its own begin with mcp_, too.
my %own = map { $_ => 1 } qw(mcp_backend mcp_calls mcp_clients);

for my $document (grep { $_ ne 'CHANGELOG.md' } @documents) {
    my $text = slurp($document);
    my %names = map { $_ => 1 } $text =~ /(?<![\w.\/-])((?:mcp|auth_jwt|auth_oauth2_token)_[a-z_]*[a-z])(?![\w*-]|\.[a-z])/g;
    my @unknown = grep { !$own{$_} && !$scraped{$_} && $modules !~ /\b\Q$_\E\b/ } sort keys %names;
    is_deeply \@unknown, [], "$document: directives and variables";
    my %variables = map { $_ => 1 } $text =~ /(?<![\w])(MCP_[A-Z_]*[A-Z])(?![\w])/g;
    is_deeply [grep { $command !~ /\b$_\b/ } sort keys %variables], [], "$document: environment variables";
    $count += keys(%names) + keys %variables;
}

# Symptoms have no numbers, which would change their anchors. Reasons are explained in one place (reasons.t).
my $page     = slurp('docs/TROUBLESHOOTING.md');
my @symptoms = $page =~ /^### (.*)$/mg;
cmp_ok scalar @symptoms, '>=', 25, 'docs/TROUBLESHOOTING.md: symptoms';
is_deeply [grep { /^\d/ } @symptoms], [], 'docs/TROUBLESHOOTING.md: headings without numbers';
my %linked = map { $_ => 1 } $page =~ /\(REASONS\.md#(\w+)\)/g;
is_deeply [grep { $reasons !~ /"\Q$_\E"/ } sort keys %linked], [], 'docs/TROUBLESHOOTING.md: reasons';
cmp_ok scalar keys %linked, '>=', 15, 'of which it names the usual ones';
$count += keys %linked;

diag "$count names compared";
done_testing;
