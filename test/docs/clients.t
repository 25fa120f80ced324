# What docs/CLIENTS.md says of clients is what doctor says (src/cli/doctor/clients.cpp), and what ./dev test clients pins and expects.
use v5.36;
use Test::More;

sub slurp ($file) {
    open my $in, '<:encoding(UTF-8)', $file or die "$file: $!\n";
    local $/;
    return <$in>;
}

# Where the version is pinned of those that are driven.
my %pins = (
    'Codex'        => ['package.json',                        qr/"\@openai\/codex": "(.+)"/],
    'Gemini CLI'   => ['package.json',                        qr/"\@google\/gemini-cli": "(.+)"/],
    'opencode'     => ['package.json',                        qr/"opencode-ai": "(.+)"/],
    'Copilot CLI'  => ['package.json',                        qr/"\@github\/copilot": "(.+)"/],
    'FastMCP'      => ['python/requirements-fastmcp.txt',     qr/^fastmcp==(.+)$/m],
    'Python SDK 1' => ['python/requirements-python-sdk.txt',  qr/^mcp==(.+)$/m],
    'go-sdk'       => ['go/go.mod',                           qr/go-sdk v(\S+)/],
);

# Those of the end-to-end tests, which doctor does not name.
my %packages = ('Claude Code' => '@anthropic-ai/claude-code', 'MCP Inspector' => '@modelcontextprotocol/inspector', 'mcp-remote' => 'mcp-remote');

my $document = slurp('docs/CLIENTS.md');
my ($table)  = $document =~ /^\| Client \|.*\n\|[-|]+\n((?:\|.*\n)+)/m;
my @columns  = qw(client login asks later revisions id redirect);
my @rows     = map { my %row; @row{@columns} = map { s/^ +| +$//gr } (split /\|/, $_, -1)[1 .. 7]; \%row } split /\n/, $table;

sub client_of ($text) {
    my %client = map { $_ => 0 } qw(has_metadata_document is_modern steps_up asks_for_everything adds_slash);
    $client{$1} = $2 while $text =~ /\.(\w+) =\s+"([^"]*)"/g;
    $client{$1} = 1 while $text =~ /\.(\w+) = true/g;
    return \%client;
}
my ($array) = slurp('src/cli/doctor/clients.cpp') =~ /tried = \{\{(.*?)\}\};/s;
my %clients = map { $_->{name} => $_ } map { client_of($_) } $array =~ /\{(\.name.*?)\}/gs;

my ($peers) = slurp('test/peers/package.json');
my @of_e2e = grep { $_->{client} =~ /`/ || $packages{ $_->{client} =~ s/ \S+$//r } } @rows;
for my $row (@of_e2e) {
    my ($name, $version) = $row->{client} =~ /^(.*) (\S+)$/;
    my ($package) = $packages{$name} // $name =~ /`(.*)`/;
    my ($pinned) = $peers =~ /"\Q$package\E": "(.+)"/;
    is $version, $pinned, "$name: the version of the end-to-end tests";
}
cmp_ok scalar @of_e2e, '>=', 5, 'clients of the end-to-end tests';
@rows = grep { my $row = $_; !grep { $_ == $row } @of_e2e } @rows;

is_deeply [sort map { $_->{client} =~ s/ \S+$//r =~ s/^Python SDK$/Python SDK 1/r } @rows], [sort keys %clients], 'the same clients';

# The names in the sentence of a habit, which begins with these words.
sub named_in ($sentence) {
    return sort grep { $sentence =~ /\b\Q$_\E\b/ } keys %clients;
}
my $plain = $document =~ s/\s+/ /gr;
my ($slash)     = $plain =~ /\*\*A resource without a path\*\*(.*?) send /;
my ($documents) = $plain =~ /where to enter it\. (.*?) need no ID if/;
is_deeply [named_in($slash)],     [sort grep { $clients{$_}{adds_slash} } keys %clients],            'who adds a slash';
is_deeply [named_in($documents)], [sort grep { $clients{$_}{has_metadata_document} } keys %clients], 'who has a metadata document';

my $driven = slurp('test/clients/clients.test.mjs');
my %variable = ('Codex' => 'codex', 'Gemini CLI' => 'gemini', 'Copilot CLI' => 'copilot', 'FastMCP' => 'fastmcp', 'Python SDK 1' => 'pythonSdk', 'go-sdk' => 'goSdk');
for my $row (@rows) {
    my ($name, $version) = $row->{client} =~ /^(.*) (\S+)$/;
    $name = 'Python SDK 1' if $name eq 'Python SDK';
    my $client = $clients{$name} // next;
    my $later = $client->{asks_for_everything} ? qr/^not needed/ : $client->{steps_up} ? qr/^requests the missing scopes/ : qr/^stops/;
    like $row->{later}, $later, "$name: after a 403";
    is $row->{asks} =~ /^all scopes/ ? 1 : 0, $client->{asks_for_everything}, "$name: what it asks for";
    is $row->{revisions} =~ /2026-07-28/ ? 1 : 0, $client->{is_modern}, "$name: revisions";
    is $row->{redirect}, $client->{redirect_uri} eq '' ? q(the program's) : "`$client->{redirect_uri}`", "$name: redirect URI";
    my ($setting) = $row->{id} =~ /`(.*)`/;
    ok defined $setting ? index($client->{client_id_setting}, $setting) >= 0 : $client->{client_id_setting} eq '', "$name: where its id is entered";
    my $pin = $pins{$name} // next;
    my ($pinned) = slurp("test/clients/$pin->[0]") =~ $pin->[1];
    is $version, $pinned, "$name: the version that is tested";
    my $variable = $variable{$name} // $name;
    my ($reaches) = $driven =~ /\.\.\.$variable, reaches: (\w+)/;
    is $reaches, $client->{steps_up} || $client->{asks_for_everything} ? 'true' : 'false', "$name: what its test expects";
}

done_testing;
