# docs/directives and the modules know the same directives, in the same places, and the same variables.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use TestNginx;

plan skip_all => 'nginx -t says the same under a sanitizer, only later' if $ENV{TEST_NGINX_PRELOAD} || $ENV{TEST_NGINX_VALGRIND};

my $root = $TestNginx::repository;
my $docs = join '', map { TestNginx::Report::slurp($_) } glob "$root/docs/directives/*.md";
my %sections = $docs =~ /^### `?([a-z][a-z0-9_]+)`?\n(.*?)(?=^##|\z)/gms;

sub sources ($pattern) { return join '', map { TestNginx::Report::slurp($_) } glob "$root/src/modules/*/$pattern" }

# Every directive table starts with `commands = ` and a brace at the end of that line, and ends with one that closes it.
my @tables = sources('module.cpp') =~ /commands\b[^\n]* = [^\n]*\{\n(.*?)^\}/gms;
my %code = map { $_ => 1 } map { /"([a-z][a-z0-9_]+)"/g } @tables;
is_deeply [sort keys %sections], [sort keys %code], 'the documented directives are those of the code';

# Each page lists its directives on top, and docs/DIRECTIVES.md lists all.
my $index = TestNginx::Report::slurp("$root/docs/DIRECTIVES.md");
for my $page (glob "$root/docs/directives/{mcp_resource,auth_*}.md") {
    my ($name) = $page =~ m{([^/]+)\z};
    my $text = TestNginx::Report::slurp($page);
    my @told = $text =~ /^### ([a-z][a-z0-9_]+)$/mg;
    my ($list) = $text =~ /^## Directives\n+(.*?)\n\n/ms;
    is_deeply [$list =~ /\(#(\w+)\)/g], \@told, "$name: the list on top";
    like $text, qr/^All directives appeared in version \d/m, "$name: the first version";
    is_deeply [$index =~ /\(directives\/$name#((?:mcp|auth)_\w+)\)/g], \@told, "$name: the list of docs/DIRECTIVES.md";
}

for my $name (sort keys %sections) {
    my ($syntax, $default, $context) = map { $sections{$name} =~ /^- $_: (.+)$/m } 'Syntax', 'Default', 'Context';
    ok $syntax && $default && $syntax =~ /^`$name\b.*;`$/, "$name: it has syntax, default and context" or diag "$syntax, $default, $context";
    my ($verb) = $sections{$name} =~ /^- Context: .*\n\n(\w+)/m;
    like $verb, qr/^(?:Accepts|Allows|Answers|Defines|Disables|Enables|Fetches|Limits|Passes|Protects|Requires|Sends|Sets|Specifies|Validates)$/,
        "$name: its description begins with a verb";
    like $sections{$name}, qr/^```nginx\n(?:(?!```).)*\b$name\b/ms, "$name: it has an example";
    is_deeply [split /, /, $context], [places_of($name)], "$name: it is allowed where its documentation says so";
}

# nginx says that a directive is not allowed here before it looks at the number of its arguments.
sub places_of ($name) {
    my $listen = 'listen 127.0.0.1:%%PORT%%;';
    my %places = (
        http         => "$name;",
        server       => "server { $listen $name; }",
        location     => "server { $listen location / { $name; } }",
        limit_except => "server { $listen location / { limit_except GET { $name; } } }",
        'if in location' => "server { $listen location / { if (\$host) { $name; } } }",
    );
    my @found;
    for my $place ('http', 'server', 'location', 'limit_except', 'if in location') {
        my ($passed, @lines) = nginx_t($places{$place});
        push @found, $place if !grep { /directive is not allowed here|unknown directive/ } @lines;
    }
    return @found;
}

my @documented = map { s/NAME/name/r } map { /`\$((?:jwt|oauth2_token|mcp)_\w+)`/g } grep { /^\|/ } split /\n/, $docs;
# Other names than those of variables: of the module and of a directive, for messages.
my @texts   = map { s/\.(?:module|phase_directive) = "\w+"//gr } sources('variables.cpp');
my @written = map { /"((?:jwt|oauth2_token|mcp)_\w*[a-z])"/g } @texts;
for my $name (sort @documented) {
    my ($passed, @lines) = nginx_t("server { listen 127.0.0.1:%%PORT%%; return 200 \$$name; }");
    ok $passed, "\$$name is a variable" or diag @lines;
}
for my $name (sort @written) {
    ok scalar(grep { $_ eq $name } @documented), "\$$name is documented";
}

# What the client has written into the Host header may be another host than the one by which the server was chosen: that of the
# request line (absolute-form), or of HTTP/2's ":authority".
for my $file (map { s{\A\Q$root\E/}{}r } glob "$root/{conf,examples,examples/*,docs,docs/*}/*.{conf,md,yml}") {
    unlike TestNginx::Report::slurp("$root/$file"), qr/proxy_set_header\s+(?:Host|X-Forwarded-Host)\s+"?\$http_host/, "$file: backends are told \$host";
}

finish();
