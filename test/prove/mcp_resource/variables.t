# Variables for logs and maps: from verified tokens and parsed bodies only.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Mcp;

my @names  = qw(decision reason decision_id subject client_id issuer method name scopes_missing);
my $format = join '|', map { "\$mcp_$_" } @names;
my $nginx  = run_nginx(<<"CONF", { 'jwks.json' => jwks('p256') });
    mcp_scopes_supported a;
    log_format mcp '$format';
    map \$mcp_name \$tool_class { default other; ~^write_ writing; }
    server {
        listen 127.0.0.1:%%PORT%%;
        access_log %%TESTDIR%%/access.log mcp;
        location /mcp     { $protected mcp_scope a; mcp_scope b c tool=write_*; mcp_allow_anonymous ping; add_header X-Seen "$format" always; add_header X-Class \$tool_class; proxy_pass http://127.0.0.1:%%PORT_BACK%%; }
        location /plain   { $protected %%OK%% }
        location /page    { $protected mcp_scope a; error_page 401 403 = \@page; %%OK%% }
        location \@page   { return 200 "$format"; }
        location /public  { return 200 "$format"; }
        location /sub/    { $protected auth_request /check; error_page 500 = \@page; %%OK%% }
        location = /check { internal; return 204; }
    }
    server { listen 127.0.0.1:%%PORT_BACK%%; return 200; }
CONF

# What was logged for the one request, by name.
sub logged (@request) {
    my $before = read_log();
    $nginx->get(@request);
    wait_for(5, sub { read_log() > $before });
    return by_name((read_log())[-1]);
}
sub read_log { open my $in, '<', $nginx->dir . '/access.log' or return; return map { chomp; $_ } <$in> }
sub by_name ($line) { my %seen; @seen{@names} = map { $_ eq '-' ? '' : $_ } split /\|/, $line, -1; return \%seen }
sub shows ($seen, $name, %wanted) {
    my $id = delete $seen->{decision_id};
    like $id, ($wanted{decision} // '') eq 'refuse' ? qr/\A[0-9a-f]{8}\z/ : qr/\A\z/, "$name: an id for refusals";
    delete $seen->{decision_id};
    return is_deeply $seen, { map({ $_ => '' } grep { $_ ne 'decision_id' } @names), %wanted }, $name;
}

my %alice = (subject => 'alice', issuer => 'https://as.example.com');
my $token = access_token(scope => 'a', client_id => 'desktop');
shows(logged('/mcp'), 'no token', decision => 'refuse', reason => 'credentials_missing');
shows(logged('/mcp', token => access_token(exp => 1)), 'an expired token: nothing of it', decision => 'refuse', reason => 'expired');
shows(logged('/mcp', token => mint('p256_other', claims(aud => $resource), header => { kid => 'p256' })), 'a forged token: nothing of it', decision => 'refuse', reason => 'signature_invalid');
shows(logged('/mcp', token => $token), 'a GET', decision => 'pass', %alice, client_id => 'desktop');
shows(logged('/mcp', token => access_token(scope => 'a', azp => 'web')), 'azp is a client id, too', decision => 'pass', %alice, client_id => 'web');
shows(logged('/mcp', token => access_token(scope => 'a', $_ => 'web')), "so is $_", decision => 'pass', %alice, client_id => 'web') for qw(cid appid);
shows(logged('/mcp', token => mint('p256', to_json(claims(aud => $resource, scope => 'a', azp => 'web')) =~ s/\A\{/{"client_id":null,/r)), 'null is none', decision => 'pass', %alice, client_id => 'web');
my @post = ('/mcp', method => 'POST', token => $token);
shows(logged(@post, body => message('tools/list')), 'a method', decision => 'pass', %alice, client_id => 'desktop', method => 'tools/list');
shows(logged(@post, body => message('tools/call', name => 'read_x')), 'a name', decision => 'pass', %alice, client_id => 'desktop', method => 'tools/call', name => 'read_x');
shows(logged(@post, body => message('tools/call', name => 'write_x')), 'missing scopes', decision => 'refuse', reason => 'scope_insufficient', %alice, client_id => 'desktop', method => 'tools/call', name => 'write_x', scopes_missing => 'b c');
shows(logged(@post, body => '[' . message('ping') . ']'), 'a batch has no one method', decision => 'pass', %alice, client_id => 'desktop');
shows(logged(@post, body => 'x'), 'no JSON', decision => 'refuse', reason => 'body_not_json', %alice, client_id => 'desktop');
shows(logged('/mcp', method => 'POST', body => message('ping')), 'no token needed', decision => 'anonymous', method => 'ping');
shows(logged('/mcp', token => $token, headers => ['Origin: null']), 'a foreign origin', decision => 'refuse', reason => 'origin_not_allowed');
shows(logged('/plain', method => 'POST', body => message('ping'), token => $token), 'nobody read the body', decision => 'pass', %alice, client_id => 'desktop');
shows(logged('/public', token => $token), 'not protected: nothing', ());

for my $name ("x\nfake line", "tab\t", "\0", "del\x7F") {
    is logged(@post, body => message('tools/call', name => $name))->{name}, '', 'a name with control characters does not show: ' . to_json($name);
}
is logged('/mcp', token => access_token(scope => 'a', sub => "eve\nroot"))->{subject}, '', 'nor does such a subject';
is logged('/mcp', token => access_token(scope => 'a', $_->%*))->{subject}, '', 'nor one that is several, or an object: ["a"] is not "a"' for { sub => ['a'] }, { sub => { a => 1 } }, { sub => [] }, { sub => \1 };
is logged('/mcp', token => access_token(scope => 'a', client_id => ['a']))->{client_id}, '', 'nor such a client';

is $nginx->get(@post, body => message('tools/call', name => 'read_x'))->header('X-Class'), 'other', 'a map sees the name';
like $nginx->get('/mcp', token => $token)->header('X-Seen'), qr/\Apass\|/, 'so does a response header';
# What comes from a body may be large: it is cut, and two that differ still differ.
my %long = map { $_ => ("\x{e9}" x 700) . $_ } 'a', 'b';
my $lines = read_log();
my %seen = map { $_ => by_name($nginx->get(@post, body => message('tools/call', name => $long{$_}))->header('X-Seen'))->{name} } keys %long;
ok length $seen{a} <= 1024 && $seen{a} =~ /\.\.\.[0-9a-f]{32}\z/, 'a long name is cut, and ends with its digest';
isnt $seen{a}, $seen{b}, 'of which two names have two';
wait_for(5, sub { read_log() >= $lines + 2 });
for my $method ("x" x 100_000, "\x{9b}31m", "a\x{85}b") {
    my $before = read_log();
    $nginx->get(@post, body => message($method));
    wait_for(5, sub { read_log() > $before });
    ok length((read_log())[-1]) < 2000, 'a line of the log is no longer than that';
    unlike +(read_log())[-1], qr/\xC2[\x80-\x9F]|\\xC2\\x[89]/, 'and has no control characters';
}

my $page = by_name($nginx->get('/page', token => access_token(exp => 1))->body);
shows($page, 'an error page sees why', decision => 'refuse', reason => 'expired');
shows(by_name($nginx->get('/page')->body), 'or that there was no token', decision => 'refuse', reason => 'credentials_missing');
shows(by_name($nginx->get('/page', token => access_token(scope => 'x'))->body), 'or what is missing', decision => 'refuse', reason => 'scope_insufficient', %alice, scopes_missing => 'a');

my $refused  = $nginx->get('/mcp', token => access_token(exp => 1));
my ($id)     = $refused->header('WWW-Authenticate') =~ /\((\w{8})\)/;
my ($logged) = $refused->header('X-Seen') =~ /refuse\|expired\|(\w{8})/;
is $logged, $id, 'the variable is the id of challenge and log';

finish();
