package TestNginx::Origin;

# A small HTTP server that a test can make misbehave, and that remembers what it was asked. It runs in processes of its
# own; what it answers stands in a file, so that a test can change it at any time.

use v5.36;

use Fcntl qw(:flock);
use File::Temp;
use IO::Compress::Gzip;
use IO::Select;
use IO::Socket::INET;
use JSON::PP ();
use POSIX       ();
use Socket      qw(SOL_SOCKET SO_LINGER);
use Time::HiRes qw(sleep);

use TestNginx::Port;

my $json = JSON::PP->new->canonical->latin1;
my @running;

sub start ($class) {
    my $self = bless { dir => File::Temp->newdir, answers => {} }, $class;
    $self->answer('/', status => 404);
    return $self->restart;
}

# Listens again, on the same port, after a stop.
sub restart ($self) {
    $self->{port} //= TestNginx::Port::free();
    my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $self->{port}, Listen => 128, ReuseAddr => 1)
        // die "listen: $!\n";
    my $parent = $$;
    $self->{pid} = fork // die "fork: $!\n";
    $self->serve($listener, $parent) if !$self->{pid};
    push @running, $self;
    return $self;
}

sub port ($self) { return $self->{port} }

# What a path answers from now on: status, headers [[name, value] ...], body, and misbehaviour:
#   size => N      a body of N bytes        gzip => 1         the body compressed
#   delay => S     wait S seconds first     hang => 1         never answer
#   reset => N     after N bytes of the response reset the connection
#   chunked => N   the body in chunks of N bytes
#   when => [[text, { the same }] ...]    instead, to a request whose body has this text
#   stall => N     after N bytes of the response nothing more, and no end
#   drip => S      the response byte by byte, S seconds between two; drip_from => N: the first N bytes at once
#   first => text  these bytes before the response
#   end => N       after N bytes of the response (-N: all but so many) the end of the connection
#   flood => text  only `first`, and then this text again and again, as fast as it is read, for half a minute at most
sub answer ($self, $path, %answer) {
    $self->{answers}{$path} = \%answer;
    my $file = "$self->{dir}/answers";
    write_file("$file.new", $json->encode($self->{answers}));
    rename "$file.new", $file or die "$file: $!\n";
    return;
}

# What was asked so far: { method, uri, headers => [[name, value] ...], body }, oldest first.
sub requests ($self, $path = undef) {
    open my $in, '<:raw', "$self->{dir}/requests" or return;
    my @requests = map { $json->decode($_) } <$in>;
    return grep { !defined $path || $_->{uri} =~ /\A\Q$path\E(?:\?|\z)/ } @requests;
}

# The same, without those that were first.
sub requests_from ($self, $first) {
    open my $in, '<:raw', "$self->{dir}/requests" or return;
    my @lines = <$in>;
    return map { $json->decode($_) } @lines[$first .. $#lines];
}

sub header ($request, $name) {
    my @values = map { $_->[1] } grep { lc $_->[0] eq lc $name } @{ $request->{headers} };
    return @values ? join ' | ', @values : undef;
}

sub stop ($self) {
    my $pid = delete $self->{pid} // return;
    kill 'KILL', -$pid, $pid;    # the group: the connections' processes too
    waitpid $pid, 0;
    return;
}

sub stop_all () { $_->stop for splice @running; return }

# --- in the server's own processes, which never return -----------------------------------------------------------------

sub serve ($self, $listener, $parent) {
    POSIX::setpgid(0, 0);
    $SIG{$_} = 'DEFAULT' for qw(TERM INT ALRM);
    $SIG{CHLD} = $SIG{PIPE} = 'IGNORE';
    my $select = IO::Select->new($listener);
    while (getppid() == $parent) {
        $select->can_read(1) or next;
        my $connection = $listener->accept or next;
        my $pid = fork // next;
        next if $pid;
        eval { $self->respond($connection); 1 } or warn "origin: $@";
        POSIX::_exit(0);
    }
    POSIX::_exit(0);
}

sub respond ($self, $connection) {
    my $request = read_request($connection) or return;
    my $answers = $json->decode(read_file("$self->{dir}/answers"));    # before a test sees the request, and may change them
    $self->remember($request);
    my ($path)  = $request->{uri} =~ /\A([^?]*)/;
    my $answer  = $answers->{$path} // $answers->{'/'};
    for my $case (@{ $answer->{when} // [] }) {
        $answer = $case->[1] if index($request->{body}, $case->[0]) >= 0;
    }
    sleep $answer->{delay} if $answer->{delay};
    return wait_for_close($connection) if $answer->{hang};
    return flood($connection, $answer->{first} // '', $answer->{flood}) if defined $answer->{flood};
    my $bytes = ($answer->{first} // '') . response_bytes($answer);
    return drip($connection, $bytes, $answer->{drip_from} // 0, $answer->{drip}) if $answer->{drip};
    my $cut = $answer->{reset} // $answer->{stall} // $answer->{end};
    $bytes = substr $bytes, 0, $cut if defined $cut;
    $connection->print($bytes);
    $connection->flush;
    return wait_for_close($connection) if defined $answer->{stall};
    return if !defined $answer->{reset};
    sleep 0.05;    # let what was sent arrive before the reset overtakes it
    $connection->setsockopt(SOL_SOCKET, SO_LINGER, pack 'ii', 1, 0);
    return $connection->close;
}

sub flood ($connection, $first, $text) {
    $connection->print($first) or return;
    my $end = time + 30;
    while (time < $end) { $connection->print($text) or return }
    return;
}

sub drip ($connection, $bytes, $at_once, $pause) {
    $connection->autoflush(1);
    $connection->print(substr $bytes, 0, $at_once, '');
    for my $byte (split //, $bytes) {
        sleep $pause;
        $connection->print($byte) or return;
    }
    return;
}

sub response_bytes ($answer) {
    my $body    = defined $answer->{size} ? 'x' x $answer->{size} : $answer->{body} // '';
    my @headers = @{ $answer->{headers} // [['Content-Type', 'application/json']] };
    if ($answer->{gzip}) {
        IO::Compress::Gzip::gzip(\(my $plain = $body), \$body);
        push @headers, ['Content-Encoding', 'gzip'];
    }
    my $chunk = $answer->{chunked};
    push @headers, $chunk ? ['Transfer-Encoding', 'chunked'] : ['Content-Length', length $body], ['Connection', 'close'];
    $body = join '', map { sprintf "%x\r\n%s\r\n", length, $_ } unpack("(a$chunk)*", $body), '' if $chunk;
    my $head = join '', map { "$_->[0]: $_->[1]\r\n" } @headers;
    return 'HTTP/1.1 ' . ($answer->{status} // 200) . " Whatever\r\n$head\r\n$body";
}

sub read_request ($connection) {
    my $bytes = '';
    until ($bytes =~ /\r\n\r\n/) {
        sysread($connection, $bytes, 65536, length $bytes) or return;
    }
    my ($head, $body) = split /\r\n\r\n/, $bytes, 2;
    my ($line, @headers) = split /\r\n/, $head;
    my ($method, $uri) = $line =~ m{\A(\S+) (.*?)(?: HTTP/[\d.]+)?\z};    # nginx passes spaces on
    my %request = (method => $method, uri => $uri, headers => [map { [split /:\s*/, $_, 2] } @headers]);
    my $length = header(\%request, 'Content-Length') // 0;
    while (length $body < $length) {
        sysread($connection, $body, 65536, length $body) or last;
    }
    return { %request, body => $body };
}

sub remember ($self, $request) {
    open my $out, '>>:raw', "$self->{dir}/requests" or die "requests: $!\n";
    flock $out, LOCK_EX;
    print {$out} $json->encode($request), "\n";
    close $out;
    return;
}

sub wait_for_close ($connection) {
    1 while sysread $connection, my $ignored, 4096;
    return;
}

sub write_file ($file, $content) {
    open my $out, '>:raw', $file or die "$file: $!\n";
    print {$out} $content;
    return close $out;
}

sub read_file ($file) {
    open my $in, '<:raw', $file or die "$file: $!\n";
    local $/;
    return scalar <$in>;
}

1;
