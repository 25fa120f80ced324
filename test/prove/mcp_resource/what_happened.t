# What the record, the metrics, the variables and the status page say is what happened to the request: who let it in, who
# answered, and whether the answer came whole.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Mcp;
use TestNginx::Recorded;

my $backend = run_origin();
my $port    = $backend->port;
my $proxy   = "proxy_pass http://127.0.0.1:$port;";
my $nobody  = 'proxy_pass http://127.0.0.1:1;';
my $page    = '{"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"The MCP server cannot be reached"}}';
my $other   = 'mcp_resource https://mcp.example.com/other; mcp_authorization_server https://as.example.com; mcp_jwks jwks.json;';
my $nginx   = run_nginx(<<"CONF", { 'jwks.json' => jwks('p256'), users => "user:{PLAIN}password\n" }, log_level => 'notice');
    mcp_scopes_supported a;
    $record_format
    client_max_body_size 1k;
    proxy_read_timeout 2s;
    log_format seen '\$mcp_decision|\$mcp_outcome';
    server {
        listen 127.0.0.1:%%PORT%%;
        $record_log
        access_log %%TESTDIR%%/seen.log seen if=\$mcp_audit;
        location /mcp        { $protected $proxy }
        location /other      { $other $proxy }
        location /whole      { $protected proxy_buffering off; $proxy }
        location /slow       { $protected limit_rate 200; $proxy }
        location /any        { $protected satisfy any; allow all; $proxy }
        location /any/scope  { $protected mcp_scope b tool=write; satisfy any; allow all; $proxy }
        location /any/basic  { $protected satisfy any; auth_basic site; auth_basic_user_file users; $proxy }
        location /any/denied { $protected satisfy any; deny all; $proxy }
        location /down       { $protected error_page 413 502 504 /problem; $nobody }
        location /late       { $protected error_page 413 502 504 /problem; $proxy }
        location /again      { $protected error_page 502 = \@page; recursive_error_pages on; $nobody }
        location /instead    { $protected error_page 502 = \@backend; $nobody }
        location /instead_of { $protected error_page 502 = \@page; $nobody }
        location /hidden     { $protected error_page 500 = \@page; proxy_intercept_errors on; $proxy }
        location = /problem  { internal; default_type application/json; return 500 '$page'; }
        location \@page      { default_type application/json; return 200 '$page'; }
        location \@backend   { $proxy }
        location /public     { return 200; }
    }
$telling_server
CONF
my $token  = access_token(scope => 'a');
my $result = '{"jsonrpc":"2.0","id":1,"result":{"content":[]}}';
my $long   = '{"jsonrpc":"2.0","id":1,"result":{"content":["' . 'x' x 1000 . '"]}}';
my $events = [['Content-Type', 'text/event-stream']];
my @call   = (method => 'POST', token => $token, body => message('tools/call', name => 'echo'));

sub read_seen { open my $in, '<', $nginx->dir . '/seen.log' or return; return map { chomp; $_ } <$in> }
sub errors ($text) { return { map { /error_type="([^"]*)".*\} (\d+)/ ? ($1 => $2) : () } grep { /_count\{/ } split /\n/, $text } }
sub decided ($text) { my $sum = 0; $sum += $_ for $text =~ /^mcp_decisions_total\{.*\} (\d+)$/mg; return $sum }

# What is told of the one request that `$does` makes: the record, and how it failed.
sub told ($does) {
    my ($seen, $before) = (scalar read_seen(), metrics_text($nginx));
    $does->();
    ok wait_for(10, sub { read_seen() > $seen }), 'a record' or return {};
    my $record = read_record((records($nginx))[-1]);
    # A text is kept for ten times as long as it took to make, which may be long on a busy machine.
    my $text;
    ok wait_for(10, sub { decided($text = metrics_text($nginx)) > decided($before) }), '... and is counted';
    my ($errors, $after) = (errors($before), errors($text));
    my ($decision, $outcome) = split /\|/, (read_seen())[-1];
    is $decision, $record->{decision}, '$mcp_decision says the same' if $record->{id} || $record->{decision} ne 'refuse';
    my $operation = $record->{operations} ? $record->{operations}[0] // {} : {};
    is $outcome, $operation->{code} // { qw(success success tool_error tool_error error error) }->{ $operation->{outcome} // '' } // '-', '$mcp_outcome says the same' if $decision ne 'refuse';
    return { %$record, operation => $operation, failed => join ' ', grep { $after->{$_} != ($errors->{$_} // 0) } sort keys %$after };
}
sub of ($path, %request) { return told(sub { $nginx->get($path, @call, %request) }) }
sub answered ($path, %answer) { $backend->answer($path, headers => [['Content-Type', 'application/json']], body => $result, %answer); return of($path) }
sub has ($name, $told, %wanted) {
    my %shown = map { $_ => /^(?:outcome|code|name|method)$/ ? $told->{operation}{$_} : $told->{$_} } keys %wanted;
    return is_deeply(\%shown, \%wanted, $name) || diag explain $told;
}

# --- who let it in -------------------------------------------------------------------------------------------------------

$backend->answer($_, headers => [['Content-Type', 'application/json']], body => $result) for '/any', '/any/scope', '/any/basic';
my @satisfied = (decision => 'satisfied', status => 200, outcome => 'success', failed => '');
has('another rule lets in who has no token', of('/any', token => undef), @satisfied, reason => 'credentials_missing', sub => undef);
has('... or an expired one', of('/any', token => access_token(exp => 1)), @satisfied, reason => 'expired', sub => undef);
has('... or one without the scope', of('/any/scope', body => message('tools/call', name => 'write')), @satisfied, reason => 'scope_insufficient', sub => 'alice', name => 'write');
has('... or a password', of('/any/basic', token => undef, headers => ['Authorization: Basic dXNlcjpwYXNzd29yZA==']), @satisfied, reason => 'credentials_not_bearer');
has('a token that is accepted needs no other rule', of('/any'), decision => 'pass', status => 200, outcome => 'success', reason => undef);
has('whom nobody lets in is refused', of('/any/denied', token => undef), decision => 'refuse', status => 401, reason => 'credentials_missing', failed => '');
my $status = status_page($nginx);
is_deeply [map { $_->{status} } @{ $status->{refusals} }], [401], 'the status page knows one refusal';
is $status->{last_hour}[-1]{passed} + $status->{last_hour}[-2]{passed}, 5, '... and five requests that passed';
like metrics_text($nginx), qr/mcp_decisions_total\{decision="satisfied",reason="expired",mcp_resource="\Q$resource\E"\} 1/, 'the metrics count them as what they are';

# --- who answered --------------------------------------------------------------------------------------------------------

my @page = (decision => 'pass', outcome => undef, code => undef, method => 'tools/call');
has('a page of nginx for a backend that is down', of('/down'), @page, http_method => 'POST', status => 502, cut_by => 'backend', failed => '502');
has('... for one that is late', answered('/late', hang => 1), @page, status => 504, cut_by => 'backend', failed => '504');
has("... with another status ($_)", of($_), @page, status => 200, cut_by => 'backend', failed => '502') for '/instead_of', '/again';
has('... in place of an answer', answered('/hidden', status => 500), @page, status => 200, cut_by => 'backend', failed => '502');
my @chunk = (sprintf('%x', 2000), ' ' x 2000, 0, '', '');
has('... for a body that is too large', told(sub {
    $nginx->keep_out_of_log($token);
    $nginx->get('/late', raw => join "\r\n", 'POST /late HTTP/1.1', 'Host: x', 'Connection: close', "Authorization: Bearer $token", 'Content-Type: application/json', 'Transfer-Encoding: chunked', '', @chunk);
}), decision => 'pass', outcome => undef, status => 413, cut_by => undef, failed => '413');
$backend->answer('/instead', headers => [['Content-Type', 'application/json']], body => $result);
has('a page that another backend answers', of('/instead'), decision => 'pass', outcome => 'success', failed => '');
has('an error of the backend is one', answered('/mcp', status => 500, body => $page), outcome => 'error', code => -32603, status => 500, failed => '-32603');

# --- whether it came whole -----------------------------------------------------------------------------------------------

my @cut = (decision => 'pass', status => 200, outcome => undef, cut_by => 'backend', failed => '502');
for my $path ('/mcp', '/whole') {
    has("all of it ($path)", answered($path, body => $long), outcome => 'success', cut_by => undef, failed => '');
    has("all of it, in chunks ($path)", answered($path, body => $long, chunked => 100), outcome => 'success', cut_by => undef, failed => '');
    has("the backend ends the connection ($path)", answered($path, body => $long, end => -5), @cut);
    has("... within chunks ($path)", answered($path, body => $long, chunked => 100, end => -50), @cut) if $path eq '/mcp';
    has("... resets it ($path)", answered($path, body => $long, reset => 600), @cut);
    has("... or says nothing any more ($path)", answered($path, body => $long, stall => 600), @cut);
    has("an event that was cut ($path)", answered($path, headers => $events, body => "data: $long\n\n", end => 600), @cut);
    has("a cut after the answer ($path)", answered($path, headers => $events, body => "data: $result\n\n" . ": \n" x 500, end => 600), outcome => 'success', cut_by => 'backend', failed => '');
}

# A client that reads `$until`, and leaves.
sub leaves ($path, $until, %request) {
    return told(sub {
        my $client = $nginx->begin($path, @call, %request);
        my $got = '';
        wait_for(10, sub { sysread $client, $got, 4096, length $got; $got =~ $until }) or die "no answer: $got\n";
        close $client;
    });
}
$backend->answer('/slow', headers => [['Content-Type', 'application/json']], body => $long);
has('a client leaves within its answer', leaves('/slow', qr/HTTP/), decision => 'pass', status => 200, outcome => undef, cut_by => 'client', failed => '499');
my @left = (body => "data: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\"}\n\ndata: $long\n\n", headers => $events);
$backend->answer('/mcp', @left, stall => 250);
has('... within a stream, before its answer', leaves('/mcp', qr/progress/), outcome => undef, cut_by => 'client', failed => '499');
$backend->answer('/mcp', @left, body => "data: $result\n\n" . ': ' x 1000, stall => 250);
has('... after its answer', leaves('/mcp', qr/result/), outcome => 'success', cut_by => undef, failed => '');
has('... a stream of the server\'s messages', leaves('/mcp', qr/data/, method => 'GET', body => undef), decision => 'pass', status => 200, cut_by => undef, failed => '');
$backend->answer('/mcp', @left, body => qq(data: {"jsonrpc":"2.0","method":"notifications/tools/list_changed"}\n\n) . ': ' x 1000, stall => 250);
has('... a subscription', leaves('/mcp', qr/data/, body => message('subscriptions/listen')), outcome => undef, cut_by => undef);

# --- what is shown -------------------------------------------------------------------------------------------------------

has('an error without a code', answered('/mcp', body => '{"jsonrpc":"2.0","id":1,"error":{"code":"x"}}'), outcome => 'error', code => undef, failed => 'other');
$backend->answer('/mcp', headers => [['Content-Type', 'application/json']], body => $result);
has('the id of a task', of('/mcp', body => message('tasks/get', taskId => 'secret')), method => 'tasks/get', name => undef);
has('a URI with a password', of('/mcp', body => message('resources/read', uri => 'db://me:secret@h/x?key=secret')), name => 'db://h/x');
has("$_", of('/mcp', headers => ["Content-Type: $_"]), outcome => 'success') for 'application/json;', 'application/json; charset=utf-8;', 'application/json; x=y';

# --- requests that are refused before anybody looks at them --------------------------------------------------------------

has('early data', of('/mcp', headers => ['Early-Data: 1']), decision => 'refuse', reason => 'early_data', status => 425, resource => $resource);
my @two = (headers => ["Authorization: Bearer $token"]);
has('two tokens, at the first resource', of('/mcp', @two), decision => 'refuse', reason => 'request_ambiguous', status => 400, resource => $resource);
has('two tokens, at the second', of('/other', @two), decision => 'refuse', reason => 'request_ambiguous', status => 400, resource => 'https://mcp.example.com/other');
my $lines = records($nginx);
is $nginx->get('/public', @call, @two)->status, 400, 'two tokens, at no resource';
is scalar records($nginx), $lines, '... leave no record, where there is no default';

finish();
