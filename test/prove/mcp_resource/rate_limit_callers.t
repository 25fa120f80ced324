# Who is counted, where it would be easy to mix up: a worker remembers by which key it counted tokens lately, and a
# request may be led through locations with some limits in common.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Mcp;

my $as      = run_origin();
my $as_port = $as->port;
my $opaque  = "mcp_introspection http://127.0.0.1:$as_port/introspect client_id=gateway client_secret_file=secret max_ttl=1s;";
my ($by_subject, $by_client, $by_issuer) = map { "mcp_rate_limit rate=100r/h algorithm=fixed_window by=$_;" } qw(subject client issuer);
my $nginx   = run_nginx(<<"CONF", { 'jwks.json' => jwks('p256'), secret => 'secret' });
    mcp_zone mcp 1m;
    server {
        listen 127.0.0.1:%%PORT%%;
        location /jwt    { $protected mcp_rate_limit rate=30r/h algorithm=fixed_window; proxy_pass http://127.0.0.1:%%PORT_BACK%%; }
        location /other  { $protected mcp_rate_limit rate=60r/h algorithm=fixed_window; mcp_rate_limit rate=9r/h by=client burst=5000; proxy_pass http://127.0.0.1:%%PORT_BACK%%; }
        location /opaque { mcp_resource https://mcp.example.com/opaque; mcp_audience $resource; mcp_authorization_server https://as.example.com; $opaque mcp_rate_limit rate=1000r/h algorithm=fixed_window; add_header X-Subject \$mcp_subject always; proxy_pass http://127.0.0.1:%%PORT_BACK%%; }
        recursive_error_pages on;
        location /chain  { $protected $by_subject error_page 502 = \@second; proxy_pass http://127.0.0.1:1; }
        location \@second { $protected $by_subject $by_client $by_issuer error_page 502 = \@third; proxy_pass http://127.0.0.1:1; }
        location \@third { $protected $by_client $by_subject proxy_pass http://127.0.0.1:%%PORT_BACK%%; }
        location /spare  { $protected $by_client error_page 502 = \@all; proxy_pass http://127.0.0.1:1; }
        location \@all   { $protected $by_subject $by_client $by_issuer proxy_pass http://127.0.0.1:%%PORT_BACK%%; }
    }
    server { listen 127.0.0.1:%%PORT_ONE%%;
        location / { mcp_resource $resource; mcp_authorization_server https://one.example.com; $opaque mcp_rate_limit rate=2r/h algorithm=fixed_window; proxy_pass http://127.0.0.1:%%PORT_BACK%%; }
    }
    server { listen 127.0.0.1:%%PORT_TWO%%;
        location / { mcp_resource $resource; mcp_authorization_server https://two.example.com; $opaque mcp_rate_limit rate=2r/h algorithm=fixed_window; proxy_pass http://127.0.0.1:%%PORT_BACK%%; }
    }
    server { listen 127.0.0.1:%%PORT_BACK%%; return 200 "backend"; }
CONF

# More tokens than are remembered, and each three times, so that some are found again and others are not.
my @tokens = map { my $number = $_; map { access_token(sub => "user-$_", client_id => 'c', jti => "$number") } 1 .. 50 } 1 .. 30;
my %got;
for my $path ((qw(/jwt /other)) x 3) {
    my @left = @tokens;
    while (my @some = splice @left, 0, 500) {
        my @answers = $nginx->get_in_turn(map { [$path, token => $_] } @some);
        $got{$path}{ 1 + $_ % 50 }{ $answers[$_]->status }++ for 0 .. $#answers;
    }
}
for my $path (qw(/jwt /other)) {
    my $allowed = { '/jwt' => 30, '/other' => 60 }->{$path};
    is_deeply $got{$path}, { map { $_ => { 200 => $allowed, 429 => 90 - $allowed } } 1 .. 50 }, "$path: thirty tokens of each of fifty subjects get together what one may";
}

# What the authorization server says of a token may change: then it counts for whom it speaks for by then.
my (%counted, @wrong);
for my $sub (qw(alice bob alice)) {
    $as->answer('/introspect', body => to_json({ active => JSON::true, aud => $resource, sub => $sub, client_id => 'c' }));
    ok wait_for(10, sub {
        my $answer = $nginx->get('/opaque', token => 'the-token');
        my $who = $answer->header('X-Subject');
        my ($left) = $answer->header('RateLimit') =~ /\A"subject";r=(\d+);/;
        push @wrong, "$who: $left" if $left != 1000 - ++$counted{$who};
        return $who eq $sub;
    }), "the token speaks for $sub";
}
is_deeply \@wrong, [], '... and each request counted for whom it spoke for';


# Without "iss", a token speaks for the issuer that each server names.
$as->answer('/introspect', body => to_json({ active => JSON::true, aud => $resource, sub => 'carol', client_id => 'c' }));
is_deeply [map { $nginx->get('/', token => 'of-carol', port => "PORT_$_")->status } qw(ONE TWO ONE TWO ONE TWO)], [200, 200, 200, 200, 429, 429], 'one token at two servers, of two issuers';

# Each limit counts once, whichever of the locations has it; and the last one tells of its own.
sub told ($path) {
    my $answer = $nginx->get($path, token => access_token(sub => 'dave', client_id => 'daves'));
    return join ' ', $answer->status, ($answer->header('RateLimit') // '') =~ s/;t=\d+//gr, ($answer->header('RateLimit-Policy') // '') =~ s/;w=3600//gr;
}
is told('/chain'), '200 "client";r=99, "subject";r=99 "client";q=100, "subject";q=100', 'three locations with limits in common';
is told('/spare'), '200 "subject";r=98, "client";r=98, "issuer";r=98 "subject";q=100, "client";q=100, "issuer";q=100', '... and two others: some have counted, and some count now';
is told('/chain'), '200 "client";r=97, "subject";r=97 "client";q=100, "subject";q=100', '... and again';

finish();
